package io.modelregistry.internal.cache;

import io.modelregistry.registry.RegistryClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one open registry uses of a cache: a folder of its own, with links to contents and with files that are being
 * filled. It begins when it is first needed. Thread-safe.
 *
 * <p>A lock file beside the folder is locked as long as the session lives; who can lock it has found a session whose
 * process died, and sweeps it. The name tells process and start of the process: a process never opens a lock file of
 * its own, since closing it would drop the lock.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String LOCK = ".lock";
    private static final String FILLING = "filling";

    private final CacheFolder cache;
    private final Clock clock;
    private @Nullable Path folder;
    private @Nullable FileChannel channel;
    private boolean closed;

    Session(CacheFolder cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
    }

    /** The folder of this session, which is on the disk of the cache. */
    synchronized Path folder() throws IOException {
        if (closed) {
            throw new RegistryClosedException("use the local cache");
        }
        while (folder == null) {
            sweep(cache);
            folder = begin();
        }
        return folder;
    }

    /** A session whose lock file is swept before it is locked begins again. */
    private @Nullable Path begin() throws IOException {
        Path begun = cache.sessions().resolve(process() + UUID.randomUUID());
        Path lockFile = lockFile(begun);
        FileChannel opened = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean kept = false;
        try {
            FileLock lock = opened.tryLock();
            kept = lock != null && Files.exists(lockFile);
            if (!kept) {
                return null;
            }
            CacheFolder.create(begun);
            CacheFolder.create(begun.resolve(FILLING));
            channel = opened;
            return begun;
        } finally {
            if (!kept) {
                opened.close();
            }
        }
    }

    private static Path lockFile(Path session) {
        return session.resolveSibling(session.getFileName() + LOCK);
    }

    /** What the names of all sessions of this process begin with, and of no other that lives at the same time. */
    private static String process() {
        ProcessHandle process = ProcessHandle.current();
        long start = process.info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(0L);
        return process.pid() + "-" + start + "-";
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** A name for a file that will have at most so many bytes; what it is for can be read from it. */
    Path filling(long bytes, String what) throws IOException {
        return folder().resolve(FILLING).resolve(bytes + "~" + what + "~" + UUID.randomUUID());
    }

    /** The files that the sessions of all processes are filling. */
    static Set<Path> filling(CacheFolder cache) throws IOException {
        Set<Path> all = new TreeSet<>();
        for (Path session : sessions(cache)) {
            all.addAll(entries(session.resolve(FILLING)));
        }
        return all;
    }

    /** Whether a file below the folder of the sessions is being filled; files of versions may have any name. */
    static boolean isFilling(CacheFolder cache, Path file) {
        Path place = cache.sessions().relativize(file);
        return place.getNameCount() == 3 && place.getName(1).toString().equals(FILLING);
    }

    /** How many bytes a file that is being filled was announced with. */
    static long announced(Path filling) {
        String name = filling.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('~')));
    }

    /** What a file that is being filled will be. */
    static boolean isFilling(Path filling, String what) {
        return filling.getFileName().toString().contains("~" + what + "~");
    }

    private static Set<Path> sessions(CacheFolder cache) throws IOException {
        Set<Path> sessions = new TreeSet<>();
        for (Path entry : entries(cache.sessions())) {
            String name = entry.getFileName().toString();
            sessions.add(
                    name.endsWith(LOCK)
                            ? entry.resolveSibling(name.substring(0, name.length() - LOCK.length()))
                            : entry);
        }
        return sessions;
    }

    private static Set<Path> entries(Path folder) throws IOException {
        Set<Path> found = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException e) {
            return Set.of();
        }
        return found;
    }

    /** Removes what processes that died have left. */
    static void sweep(CacheFolder cache) throws IOException {
        String own = process();
        for (Path session : sessions(cache)) {
            if (!session.getFileName().toString().startsWith(own)) {
                try {
                    sweep(session);
                } catch (IOException e) {
                    LOG.warn("Cannot remove what a process has left in the local cache: {}", session, e);
                }
            }
        }
    }

    private static void sweep(Path session) throws IOException {
        Path lockFile = lockFile(session);
        try (FileChannel opened = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = opened.tryLock()) {
            if (lock != null) {
                LOG.debug("Removing what a process has left in the local cache: {}", session.getFileName());
                delete(session);
                Files.deleteIfExists(lockFile);
            }
        } catch (NoSuchFileException e) {
            delete(session); // It was swept or closed meanwhile, or not to its end.
        } catch (OverlappingFileLockException e) {
            LOG.debug("Another thread removes {}", session.getFileName(), e);
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

    /** Takes note that a file of the cache is used now; reading does so only once a day, if at all. */
    void touch(Path file) throws IOException {
        Files.getFileAttributeView(file, BasicFileAttributeView.class)
                .setTimes(null, FileTime.from(clock.instant()), null);
    }

    /** What was in use until now was used now. */
    private void touchAll(Path used) {
        try (Stream<Path> files = Files.walk(used)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                touch(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("What '{}' used may count as older than it is", used.getFileName(), e);
        }
    }

    /** Gives back what the session uses. */
    @Override
    public synchronized void close() {
        closed = true;
        Path used = folder;
        FileChannel held = channel;
        if (used == null || held == null) {
            return;
        }
        folder = null;
        try (held) {
            touchAll(used);
            delete(used);
            Files.deleteIfExists(lockFile(used));
        } catch (IOException e) {
            LOG.warn("Cannot remove '{}' from the local cache; another process will", used.getFileName(), e);
        }
    }
}
