package io.modelregistry.internal.cache;

import io.modelregistry.registry.RegistryClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
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
 * filled. It begins when it is first needed, and is made again when somebody has deleted it or a part of the cache.
 * Thread-safe.
 *
 * <p>It is in use as a {@link HeldFolder} is; who finds a session whose process died sweeps it.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String FILLING = "filling";

    private final CacheFolder cache;
    private final Clock clock;
    private @Nullable HeldFolder held;
    private boolean closed;

    Session(CacheFolder cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
    }

    /**
     * The folder of this session, which is on the disk of the cache. What the disk does not take now may be tried again
     * later.
     *
     * @throws io.modelregistry.registry.LocalCacheException if the cache was deleted, and what is there now cannot be
     *     trusted
     */
    synchronized Path folder() throws IOException {
        if (closed) {
            throw new RegistryClosedException("use the local cache");
        }
        HeldFolder known = held;
        if (known != null && known.isWhole() && cache.isWhole() && Files.isDirectory(filling(known))) {
            return known.path();
        }
        return made(known).path();
    }

    private HeldFolder made(@Nullable HeldFolder known) throws IOException {
        cache.restore();
        HeldFolder made;
        if (known == null) {
            sweep(cache);
            made = HeldFolder.begin(cache.sessions(), "", cache.disk());
        } else if (known.isWhole()) {
            made = known;
        } else {
            LOG.warn(
                    "Somebody has deleted what a registry uses of the local cache '{}'; making it again", cache.root());
            made = known.renewed();
        }
        held = made;
        cache.create(filling(made));
        return made;
    }

    private static Path filling(HeldFolder session) {
        return session.path().resolve(FILLING);
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
                    name.endsWith(HeldFolder.LOCK)
                            ? entry.resolveSibling(name.substring(0, name.length() - HeldFolder.LOCK.length()))
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
        String own = HeldFolder.process();
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
        try {
            HeldFolder.sweep(session);
        } catch (NoSuchFileException e) {
            HeldFolder.delete(session); // It was swept or closed meanwhile, or not to its end.
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
        HeldFolder used = held;
        if (used == null) {
            return;
        }
        held = null;
        try (used) {
            touchAll(used.path());
        } catch (IOException e) {
            LOG.warn("Cannot remove '{}' from the local cache; another process will", used.path(), e);
        }
    }
}
