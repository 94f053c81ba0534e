package io.modelregistry.internal.cache;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a cache holds, counted while others use it: each file once, and none too few. Whoever counts keeps others from
 * announcing new files meanwhile. Not thread-safe.
 */
final class Survey {
    private static final Logger LOG = LoggerFactory.getLogger(Survey.class);
    private static final String ASIDE = ".aside";

    private final CacheFolder cache;
    private final Set<Object> counted = new HashSet<>();
    private final List<Entry> unused = new ArrayList<>();
    private long bytes;

    /**
     * The parts of a cache in the order in which they are counted, which is that in which files get their names: what
     * moves on meanwhile is met again, and known by then. A file is filled, published and used; a content that is used
     * has got that name before it can lose its own.
     */
    enum Part {
        /** Files that sessions are filling, with the bytes that were announced. */
        FILLING,
        /** Files by their content. */
        CONTENTS,
        /** What sessions use. */
        USED,
        /** Documents. */
        DOCUMENTS
    }

    private record Entry(Path path, long bytes, long usedAt) {}

    Survey(CacheFolder cache) {
        this.cache = cache;
    }

    /** Counts all parts. */
    static Survey of(CacheFolder cache) throws IOException {
        Survey survey = new Survey(cache);
        for (Part part : Part.values()) {
            survey.count(part);
        }
        return survey;
    }

    void count(Part part) throws IOException {
        switch (part) {
            case FILLING -> countFilling();
            case CONTENTS -> Files.walkFileTree(cache.contents(), new Counting(this::countContent));
            case USED -> Files.walkFileTree(cache.sessions(), new Counting(this::countUsed));
            case DOCUMENTS -> Files.walkFileTree(cache.documents(), new Counting(this::countUnused));
        }
    }

    /** At least the bytes of all files, less what was deleted. */
    long bytes() {
        return bytes;
    }

    /** The bytes that would be left if all that nobody uses were deleted. */
    long bytesInUse() {
        return bytes - unused.stream().mapToLong(Entry::bytes).sum();
    }

    /** Deletes what was used least recently until no more than so many bytes are left; returns how many files went. */
    int shrinkTo(long goal) throws IOException {
        // Documents are small, and what a start without the store begins with: they go last.
        unused.sort(Comparator.comparing((Entry entry) -> entry.path.startsWith(cache.documents()))
                .thenComparingLong(Entry::usedAt));
        int deleted = 0;
        for (Entry entry : unused) {
            if (bytes <= goal) {
                break;
            }
            if (isDeleted(entry.path)) {
                deleted++;
                bytes -= entry.bytes;
            }
        }
        return deleted;
    }

    /**
     * Deletes a file unless it is in use or somebody else has deleted it. A content loses its name before its links are
     * counted for the last time: nobody can begin to use it after that.
     */
    private boolean isDeleted(Path file) throws IOException {
        if (!cache.isLinking() || !file.startsWith(cache.contents())) {
            return Files.deleteIfExists(file);
        }
        try {
            if (links(file) > 1) {
                return false;
            }
            Path aside = file.resolveSibling(file.getFileName() + ASIDE);
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            if (links(aside) > 1) {
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
                return false;
            }
            return Files.deleteIfExists(aside);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted by somebody else", file.getFileName(), e);
            return false;
        }
    }

    private void countFilling() throws IOException {
        for (Path file : Session.filling(cache)) {
            try {
                countUsed(file, Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
            } catch (NoSuchFileException e) {
                LOG.trace("{} has another name by now, or none", file, e);
            }
        }
    }

    private void countUsed(Path file, BasicFileAttributes attributes) {
        boolean isFilling = Session.isFilling(cache, file);
        add(attributes, isFilling ? Math.max(Session.announced(file), attributes.size()) : attributes.size());
    }

    private void countContent(Path file, BasicFileAttributes attributes) throws IOException {
        if (cache.isLinking() && links(file) > 1) {
            add(attributes, attributes.size());
        } else {
            countUnused(file, attributes);
        }
    }

    private void countUnused(Path file, BasicFileAttributes attributes) {
        add(attributes, attributes.size());
        long usedAt = Math.max(
                attributes.lastAccessTime().toMillis(),
                attributes.lastModifiedTime().toMillis());
        unused.add(new Entry(file, attributes.size(), usedAt));
    }

    /** Where files have no number (Windows), no file has two names. */
    private void add(BasicFileAttributes attributes, long size) {
        Object key = attributes.fileKey();
        if (key == null || counted.add(key)) {
            bytes += size;
        }
    }

    private static int links(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }

    private interface Counter {
        void count(Path file, BasicFileAttributes attributes) throws IOException;
    }

    /** Visits files that may go meanwhile. */
    private static final class Counting extends SimpleFileVisitor<Path> {
        private final Counter counter;

        Counting(Counter counter) {
            this.counter = counter;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            try {
                counter.count(file, attributes);
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

        private static FileVisitResult ignoreGone(@Nullable IOException e) throws IOException {
            if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
