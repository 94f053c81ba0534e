package io.modelregistry.internal.cache;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.LocalCacheException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cache below its bound: whoever is about to add bytes says so first. Thread-safe.
 *
 * <p>A small file holds an upper bound of what is in the cache; adding to it is all that most fills cost. Only when the
 * sum could cross the bound the cache is walked, by one process at a time: sessions of dead processes are swept, the
 * bytes are counted, and what was not used for the longest time is deleted. A crash can only leave the number too high,
 * or torn, and the next walk corrects it.
 *
 * <p>What is in use is known from the file system: a content that a session uses has a second link. Who links a content
 * in the moment in which it is to be deleted keeps it.
 */
final class Quota {
    private static final Logger LOG = LoggerFactory.getLogger(Quota.class);
    private static final String BYTES = "bytes";

    /** How long a file waits for those who count; a walk of a large cache takes seconds. */
    private static final Duration FILE_PATIENCE = Duration.ofSeconds(30);

    private static final Duration DOCUMENT_PATIENCE = Duration.ofSeconds(1);

    private final CacheFolder cache;
    private final long maxBytes;
    private final LongSupplier nanoTime;

    Quota(CacheFolder cache, long maxBytes) {
        this(cache, maxBytes, System::nanoTime);
    }

    Quota(CacheFolder cache, long maxBytes, LongSupplier nanoTime) {
        this.cache = cache;
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
    }

    /** Refuses what can never fit. */
    void checkFits(String what, long bytes) {
        if (bytes > maxBytes) {
            throw new LocalCacheException(
                    ErrorCode.INVALID,
                    cache.root(),
                    new Reason(
                            what + " has " + bytes + " bytes, and the cache is bounded to " + maxBytes,
                            "a bound (maxBytes) that has room for it"),
                    null);
        }
    }

    /**
     * Makes room for a file, and makes the file, empty, so that its announced bytes are counted from now on.
     *
     * @throws LocalCacheException if there is no room beside what is in use, or another process does not let anybody
     *     count
     */
    void reserve(String what, long bytes, Path filling) throws IOException {
        reserve(what, bytes, filling, FILE_PATIENCE);
    }

    /** The same for what can be done without: nobody waits long for another process. */
    void reserveSoon(String what, long bytes, Path filling) throws IOException {
        reserve(what, bytes, filling, DOCUMENT_PATIENCE);
    }

    private void reserve(String what, long bytes, Path filling, Duration patience) throws IOException {
        checkFits(what, bytes);
        // Named by the folder that is there now: it may have been deleted and made again.
        new CacheLock(cache, BYTES).holding(atMost(patience), () -> {
            long used = read();
            if (used < 0 || used + bytes > maxBytes) {
                used = makeRoom(bytes);
            }
            if (used + bytes > maxBytes) {
                write(used);
                throw new LocalCacheException(
                        ErrorCode.UNAVAILABLE,
                        cache.root(),
                        new Reason(
                                what + " has " + bytes + " bytes, and " + used + " of the " + maxBytes
                                        + " that it may hold are in use",
                                "a larger bound (maxBytes), or fewer versions in use at the same time"),
                        null);
            }
            write(used + bytes); // First: a kill in between leaves it too high.
            Files.createFile(filling);
            return filling;
        });
    }

    private void write(long used) throws IOException {
        Files.write(cache.bytes(), CacheFolder.text(used + "\n"));
    }

    /** A process that was stopped while it holds the lock would hold up all others of the host. */
    private CacheLock.Patience atMost(Duration patience) {
        long begun = nanoTime.getAsLong();
        return () -> {
            if (nanoTime.getAsLong() - begun < patience.toNanos()) {
                return true;
            }
            throw new LocalCacheException(
                    ErrorCode.UNAVAILABLE,
                    cache.root(),
                    new Reason(
                            "another process has locked its file '"
                                    + cache.root().relativize(cache.lock(BYTES)) + "' for " + patience.toSeconds()
                                    + " s",
                            "that process to go on or to be ended"),
                    null);
        };
    }

    /** What was written last; negative if that is not known. */
    private long read() throws IOException {
        try {
            String text = Files.readString(cache.bytes());
            return text.endsWith("\n") ? Long.parseLong(text.strip()) : -1;
        } catch (NoSuchFileException | NumberFormatException e) {
            LOG.debug("The local cache does not know how much it holds", e);
            return -1;
        }
    }

    /** Deletes what was used least recently until there is room for more, and some beyond; returns what is left. */
    private long makeRoom(long bytes) throws IOException {
        Session.sweep(cache);
        sweepLocks();
        Survey survey = Survey.of(cache);
        if (survey.bytes() + bytes <= maxBytes || survey.bytesInUse() + bytes > maxBytes) {
            return survey.bytes(); // There is room, or there will be none whatever is deleted.
        }
        int deleted = survey.shrinkTo(maxBytes - Math.min(maxBytes, Math.max(bytes, maxBytes / 10)));
        LOG.info(
                "The local cache deleted {} files that were not used for long; it holds {} bytes",
                deleted,
                survey.bytes());
        return survey.bytes();
    }

    /** Removes locks that killed processes have left: nobody fetches what they are named by. */
    private void sweepLocks() throws IOException {
        Set<Path> filling = Session.filling(cache);
        for (Path lockFile : cache.fetchLocks()) {
            String content = lockFile.getFileName().toString().replace(".lock", "");
            if (filling.stream().noneMatch(file -> Session.isFilling(file, content))) {
                Files.deleteIfExists(lockFile);
            }
        }
    }
}
