package io.modelregistry.internal.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether it is worth while to wait for the process that fetches a content: not if nothing has arrived for a minute, as
 * when that process was stopped or its connection hangs. For one wait; not thread-safe.
 */
final class FillProgress implements CacheLock.Patience {
    private static final Logger LOG = LoggerFactory.getLogger(FillProgress.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();

    private final CacheFolder cache;
    private final String content;
    private final LongSupplier nanoTime;
    private long looked;
    private long advanced;
    private long arrived = -1;

    FillProgress(CacheFolder cache, String content, LongSupplier nanoTime) {
        this.cache = cache;
        this.content = content;
        this.nanoTime = nanoTime;
        this.looked = nanoTime.getAsLong();
        this.advanced = looked;
    }

    @Override
    public boolean isWorthWaiting() throws IOException {
        long now = nanoTime.getAsLong();
        if (now - looked < LOOK_NANOS) {
            return true;
        }
        looked = now;
        long bytes = arrivedBytes();
        if (bytes != arrived) {
            arrived = bytes;
            advanced = now;
        }
        if (now - advanced < PATIENCE_NANOS) {
            return true;
        }
        LOG.warn("Another process fetches {} and does not get on; fetching it, too", content);
        return false;
    }

    private long arrivedBytes() throws IOException {
        long bytes = 0;
        for (Path filling : Session.filling(cache)) {
            if (Session.isFilling(filling, content)) {
                bytes += size(filling);
            }
        }
        return bytes;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
