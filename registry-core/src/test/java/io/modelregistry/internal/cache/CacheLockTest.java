package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for another process, played here by a lock that was taken without the cache's own rules. */
class CacheLockTest {
    private static final String CONTENT = "ab".repeat(32);

    @TempDir
    Path temporary;

    private CacheFolder cache;

    @BeforeEach
    void open() {
        cache = CacheFolder.open(temporary.resolve("cache"), Disk.LOCAL);
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() throws IOException {
        try (FileChannel channel = lockFile();
                FileLock lock = channel.lock()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> new CacheLock(cache, CONTENT).holding(() -> true, () -> "done"))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("another process fills the cache");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(lock.isValid()).isTrue();
        }
    }

    private FileChannel lockFile() throws IOException {
        return FileChannel.open(cache.lock(CONTENT), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Test
    void aFreeLockIsTakenAlsoByAnInterruptedThread() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThat(new CacheLock(cache, CONTENT).<String>holding(() -> true, () -> "done"))
                    .isEqualTo("done");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void whoDoesNotGetOnIsNotWaitedForAndWhoDoesIs() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Path session = Files.createDirectories(cache.sessions().resolve("1-2-other/filling"));
        Path filling = session.resolve("1000~" + CONTENT + "~x");
        FillProgress progress = new FillProgress(cache, CONTENT, nanos::get);
        for (int size = 0; size < 200; size++) {
            Files.write(filling, new byte[size]);
            nanos.addAndGet(Duration.ofSeconds(20).toNanos());
            assertThat(progress.isWorthWaiting()).isTrue();
        }
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(progress.isWorthWaiting()).isTrue();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(progress.isWorthWaiting()).isFalse();
        try (FileChannel channel = lockFile();
                FileLock lock = channel.lock()) {
            assertThat(new CacheLock(cache, CONTENT).<String>holding(() -> false, () -> "done"))
                    .isEqualTo("done");
            assertThat(lock.isValid()).isTrue();
        }
    }
}
