package io.modelregistry.internal.cache;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.LocalCacheException.Reason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cache below its bound: whoever is about to add bytes says so first. Thread-safe.
 *
 * <p>A small file holds an upper bound of what is in the cache; adding to it is all that most fills cost. Only when the
 * sum could cross the bound the cache is walked, by one process at a time: sessions of dead processes are swept, the
 * bytes are counted, and what was not used for the longest time is deleted. A crash can only leave the number too high,
 * and the next walk corrects it.
 *
 * <p>What is in use is known from the file system: a content that a session uses has a second link. Who links a content
 * in the moment in which it is deleted keeps the file; only the cache forgets it.
 */
final class Quota {
    private static final Logger LOG = LoggerFactory.getLogger(Quota.class);

    private final CacheFolder cache;
    private final long maxBytes;

    Quota(CacheFolder cache, long maxBytes) {
        this.cache = cache;
        this.maxBytes = maxBytes;
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
     * @throws LocalCacheException if there is no room beside what is in use
     */
    void reserve(String what, long bytes, Path filling) throws IOException {
        checkFits(what, bytes);
        // Named by the folder that is there now: it may have been deleted and made again.
        new CacheLock(cache, "bytes").holding(() -> true, () -> {
            long used = read();
            if (used < 0 || used + bytes > maxBytes) {
                used = makeRoom(bytes);
            }
            if (used + bytes > maxBytes) {
                Files.write(cache.bytes(), CacheFolder.text(used + "\n"));
                throw new LocalCacheException(
                        ErrorCode.UNAVAILABLE,
                        cache.root(),
                        new Reason(
                                what + " has " + bytes + " bytes, and " + used + " of the " + maxBytes
                                        + " that it may hold are in use",
                                "a larger bound (maxBytes), or fewer versions in use at the same time"),
                        null);
            }
            Files.createFile(filling);
            Files.write(cache.bytes(), CacheFolder.text(used + bytes + "\n"));
            return filling;
        });
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

    private record Entry(Path path, long bytes, long usedAt) {}

    /** Deletes what was used least recently until there is room for more, and some beyond; returns what is left. */
    private long makeRoom(long bytes) throws IOException {
        Session.sweep(cache);
        sweepLocks();
        Walk walk = new Walk();
        Files.walkFileTree(cache.contents(), walk);
        Files.walkFileTree(cache.documents(), walk);
        Files.walkFileTree(cache.sessions(), walk.ofSessions());
        long used = walk.bytes;
        long kept = used - walk.unused.stream().mapToLong(Entry::bytes).sum();
        if (used + bytes <= maxBytes || kept + bytes > maxBytes) {
            return used; // There is room, or there will be none whatever is deleted.
        }
        long goal = maxBytes - Math.min(maxBytes, Math.max(bytes, maxBytes / 10));
        // Documents are small, and what a start without the store begins with: they go last.
        walk.unused.sort(Comparator.comparing((Entry entry) -> entry.path.startsWith(cache.documents()))
                .thenComparingLong(Entry::usedAt));
        int deleted = 0;
        for (Entry entry : walk.unused) {
            if (used <= goal) {
                break;
            }
            if (Files.deleteIfExists(entry.path)) {
                deleted++;
            }
            used -= entry.bytes;
        }
        LOG.info("The local cache deleted {} files that were not used for long; it holds {} bytes", deleted, used);
        return used;
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

    /** Counts bytes, each file once, and collects what nobody uses. */
    private final class Walk extends SimpleFileVisitor<Path> {
        private final List<Entry> unused = new ArrayList<>();
        private long bytes;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            try {
                bytes += attributes.size();
                if (!cache.isLinking() || links(file) < 2) {
                    unused.add(new Entry(file, attributes.size(), usedAt(attributes)));
                }
            } catch (NoSuchFileException e) {
                bytes -= attributes.size();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return ignoreGone(e);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
            return ignoreGone(e);
        }

        /** What sessions hold counts only where it is not a link to what was counted; it is in use in any case. */
        SimpleFileVisitor<Path> ofSessions() {
            return new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    try {
                        if (Session.isFilling(cache, file)) {
                            bytes += Math.max(Session.announced(file), attributes.size());
                        } else if (!cache.isLinking() || links(file) < 2) {
                            bytes += attributes.size();
                        }
                        return FileVisitResult.CONTINUE;
                    } catch (NoSuchFileException e) {
                        return ignoreGone(e);
                    }
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    return ignoreGone(e);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                    return ignoreGone(e);
                }
            };
        }
    }

    private static FileVisitResult ignoreGone(@Nullable IOException e) throws IOException {
        if (e != null && !(e instanceof NoSuchFileException)) {
            throw e;
        }
        return FileVisitResult.CONTINUE;
    }

    private static int links(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }

    private static long usedAt(BasicFileAttributes attributes) {
        return Math.max(
                attributes.lastAccessTime().toMillis(),
                attributes.lastModifiedTime().toMillis());
    }
}
