package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.internal.cache.DocumentFiles.Document;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another process holds the lock of those who count, as when it was stopped. */
@Timeout(60)
class QuotaTest {
    private static final StorageKey KEY = StorageKey.of("models/iris/_model.json");

    @TempDir
    Path temporary;

    private CacheFolder cache;
    private Session session;
    private LockingProcess other;

    @BeforeEach
    void begin() throws IOException {
        cache = CacheFolder.open(temporary.resolve("cache"), Disk.LOCAL);
        session = new Session(cache, Clock.systemUTC());
        other = LockingProcess.start(cache.lock("bytes"));
    }

    @AfterEach
    void end() {
        other.close();
        session.close();
    }

    private static Document document() {
        return new Document(new StoredObject(KEY, 1, "etag", Instant.EPOCH), new byte[1]);
    }

    @Test
    void aDocumentIsSoonNotKept() throws IOException {
        AtomicLong nanos = new AtomicLong();
        DocumentFiles documents = new DocumentFiles(cache, session, new Quota(cache, 1 << 20), nanos::get);
        documents.keep("registry", document());
        assertThat(documents.find("registry", KEY)).isEmpty();
        assertThat(documents.isKeeping()).isFalse();
        other.close();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        await().untilAsserted(() -> {
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            documents.keep("registry", document());
            assertThat(documents.find("registry", KEY)).isPresent();
        });
    }

    @Test
    void aFileIsRefusedAfterAWhileAndTheLockIsNamed() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Quota quota = new Quota(
                cache, 1 << 20, () -> nanos.addAndGet(Duration.ofSeconds(7).toNanos()));
        Path filling = session.filling(10, "file");
        assertThatThrownBy(() -> quota.reserve("'file'", 10, filling))
                .isInstanceOf(LocalCacheException.class)
                .hasMessageContaining("another process has locked its file 'locks/bytes.lock' for 30 s")
                .extracting(e -> ((LocalCacheException) e).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(filling).doesNotExist();
        assertThat(nanos.get()).isGreaterThan(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void whoWaitsCanBeInterruptedAlsoBehindOthersOfItsProcess() throws Exception {
        Quota quota = new Quota(cache, 1 << 20, () -> 0);
        CompletableFuture<IOException> first = new CompletableFuture<>();
        CompletableFuture<IOException> second = new CompletableFuture<>();
        Thread one = waiting(quota, first);
        Thread two = waiting(quota, second);
        await().until(() ->
                one.getState() == Thread.State.TIMED_WAITING || two.getState() == Thread.State.TIMED_WAITING);
        two.interrupt();
        assertThat(second.get()).isInstanceOf(InterruptedIOException.class);
        assertThat(first).isNotDone();
        one.interrupt();
        assertThat(first.get()).isInstanceOf(InterruptedIOException.class);
    }

    private Thread waiting(Quota quota, CompletableFuture<IOException> ended) throws IOException {
        Path filling = session.filling(10, "file");
        Thread thread = new Thread(() -> {
            try {
                quota.reserve("'file'", 10, filling);
                ended.completeExceptionally(new AssertionError("It was not locked"));
            } catch (IOException e) {
                ended.complete(e);
            } catch (RuntimeException e) {
                ended.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void whoWaitsGoesOnWhenTheOtherProcessIsGone() throws Exception {
        Quota quota = new Quota(cache, 1 << 20);
        Path filling = session.filling(10, "file");
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                quota.reserve("'file'", 10, filling);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(Files.exists(filling)).isFalse();
        other.close();
        done.get();
        assertThat(filling).exists();
    }
}
