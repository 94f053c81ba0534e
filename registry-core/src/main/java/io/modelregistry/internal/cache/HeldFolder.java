package io.modelregistry.internal.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that somebody in this process uses: a lock file beside it is locked as long as that lasts, which the
 * operating system ends with the process, whatever kills it. Who can lock it has found a dead one. One thread at a
 * time.
 *
 * <p>The folder is made after the lock is held and deleted before it is given back, so that there is no moment in which
 * it could be taken for a dead one. The name tells process and start of the process: a process never opens a lock file
 * of its own, since closing it would drop the lock (POSIX).
 */
final class HeldFolder implements AutoCloseable {
    static final String LOCK = ".lock";

    private static final Logger LOG = LoggerFactory.getLogger(HeldFolder.class);

    private final Path path;
    private final Disk disk;
    private final FileChannel channel;
    private final @Nullable Object lockKey;

    private HeldFolder(Path path, Disk disk, FileChannel channel) throws IOException {
        this.path = path;
        this.disk = disk;
        this.channel = channel;
        this.lockKey = key(lockFile(path));
    }

    /** Makes a folder with a name that begins in a certain way. */
    static HeldFolder begin(Path parent, String prefix, Disk disk) throws IOException {
        while (true) {
            HeldFolder begun = begin(parent.resolve(prefix + process() + UUID.randomUUID()), disk);
            if (begun != null) {
                return begun;
            }
        }
    }

    /** Takes a name; null if its lock file was swept by another process before it was locked. */
    private static @Nullable HeldFolder begin(Path path, Disk disk) throws IOException {
        Path lockFile = lockFile(path);
        FileChannel opened = FileChannel.open(
                lockFile,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Disk.ownerOnly(lockFile, "rw-------"));
        boolean begun = false;
        try {
            FileLock lock = opened.tryLock();
            if (lock == null || !Files.exists(lockFile)) {
                return null;
            }
            HeldFolder held = new HeldFolder(path, disk, opened);
            held.makeFolder();
            begun = true;
            return held;
        } finally {
            if (!begun) {
                Files.deleteIfExists(lockFile); // Else a disk without room would collect one for each try.
                opened.close();
            }
        }
    }

    private void makeFolder() throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            disk.createFolder(path);
        }
    }

    static Path lockFile(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }

    private static @Nullable Object key(Path lockFile) throws IOException {
        return Files.readAttributes(lockFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** What the names of all folders of this process go on with, and of no other that lives at the same time. */
    static String process() {
        ProcessHandle process = ProcessHandle.current();
        long start = process.info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(0L);
        return process.pid() + "-" + start + "-";
    }

    Path path() {
        return path;
    }

    /** Whether folder and lock file are there; somebody may have deleted them, as cleaners of old files do. */
    boolean isWhole() throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && hasLockFile();
    }

    private boolean hasLockFile() throws IOException {
        try {
            return Objects.equals(key(lockFile(path)), lockKey);
        } catch (NoSuchFileException e) {
            LOG.debug("Somebody has deleted the lock of {}", path, e);
            return false;
        }
    }

    /** Makes again what somebody has deleted, by the same names if they are free: what is left stays in use. */
    HeldFolder renewed() throws IOException {
        if (hasLockFile()) {
            makeFolder();
            return this;
        }
        HeldFolder again = again();
        channel.close(); // What it has locked has no name any more.
        return again;
    }

    private HeldFolder again() throws IOException {
        Path parent = Objects.requireNonNull(path.getParent());
        String name = path.getFileName().toString();
        String prefix = name.substring(0, name.indexOf(process()));
        try {
            HeldFolder same = begin(path, disk);
            return same == null ? begin(parent, prefix, disk) : same;
        } catch (FileAlreadyExistsException e) {
            LOG.debug("Somebody has taken the name {}", name, e);
            return begin(parent, prefix, disk);
        }
    }

    /** Deletes the folder. */
    @Override
    public void close() throws IOException {
        try (channel) {
            delete(path);
            if (hasLockFile()) {
                Files.deleteIfExists(lockFile(path));
            }
        }
    }

    /**
     * Deletes a folder that another process made, if that process is dead.
     *
     * @throws NoSuchFileException if it has no lock file
     */
    static void sweep(Path folder) throws IOException {
        Path lockFile = lockFile(folder);
        Object named = key(lockFile);
        try (FileChannel opened = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = opened.tryLock()) {
            // Else its owner has made it again after somebody else had deleted it: what is locked has no name any more.
            boolean isNamed = Objects.equals(key(lockFile), named);
            if (lock != null && isNamed) {
                LOG.debug("Removing what a process has left: {}", folder.getFileName());
                delete(folder);
                Files.deleteIfExists(lockFile);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("Another thread removes {}", folder.getFileName(), e);
        }
    }

    static void delete(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new Deleting());
        } catch (NoSuchFileException e) {
            LOG.trace("Nothing to delete at {}", folder, e);
        }
    }

    /** Deletes what may be deleted by somebody else at the same time. */
    private static final class Deleting extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
            if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
