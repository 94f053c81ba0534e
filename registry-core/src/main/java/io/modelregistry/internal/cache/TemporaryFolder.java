package io.modelregistry.internal.cache;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.TemporaryFolderException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for temporary files, made when it is first needed and deleted when it is closed. What processes that were
 * killed have left is deleted by the next one that needs such a folder. Thread-safe.
 */
public final class TemporaryFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
    private static final String PREFIX = "model-registry-";

    /** Names that only {@link HeldFolder} gives: earlier releases, and others, have no lock that says who is alive. */
    private static final Pattern LOCK_NAME =
            Pattern.compile(PREFIX + "\\d+-\\d+-\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\.lock");

    private final Path parent;
    private final Disk disk;
    private @Nullable HeldFolder held;
    private boolean closed;

    TemporaryFolder(Path parent, Disk disk) {
        this.parent = parent;
        this.disk = disk;
    }

    /** A folder below that of the system for temporary files. */
    public static TemporaryFolder ofSystem() {
        return new TemporaryFolder(Path.of(System.getProperty("java.io.tmpdir")), Disk.LOCAL);
    }

    /** Where the folder is. It is made again if somebody has deleted it. */
    public synchronized Path path() throws IOException {
        if (closed) {
            throw new RegistryClosedException("use a temporary folder");
        }
        HeldFolder known = held;
        if (known == null) {
            sweepIfPossible();
            known = HeldFolder.begin(parent, PREFIX, disk);
        } else if (!known.isWhole()) {
            known = known.renewed();
        }
        held = known;
        return known.path();
    }

    /** What a failure in this folder means to whoever asked for something. */
    public synchronized RegistryException failed(String action, IOException e) {
        if (closed) {
            return new RegistryClosedException(action);
        }
        return StoreErrors.isInterruption(e)
                ? StoreErrors.interrupted(action, e)
                : new TemporaryFolderException(action, parent, e);
    }

    /** What dead processes left may be what fills the disk, so it goes first; nothing else depends on it. */
    private void sweepIfPossible() {
        try {
            sweep();
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("Cannot look for what processes have left in the temporary folder: {}", e.toString());
        }
    }

    private void sweep() throws IOException {
        Path own = parent.resolve(PREFIX + UUID.randomUUID());
        disk.createFile(own);
        try {
            for (Path lockFile : locks()) {
                try {
                    sweep(lockFile, own);
                } catch (NoSuchFileException e) {
                    LOG.debug("Somebody else has deleted {}", lockFile, e);
                } catch (IOException e) {
                    LOG.warn("Cannot delete the temporary files that a process has left: {}", lockFile, e);
                }
            }
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private List<Path> locks() throws IOException {
        List<Path> found = new ArrayList<>();
        String own = PREFIX + HeldFolder.process();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*" + HeldFolder.LOCK)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (LOCK_NAME.matcher(name).matches() && !name.startsWith(own)) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    /**
     * A folder without a lock file is left alone: cleaners of old files delete the lock of a process that lives. So is
     * what belongs to another user, also where this one may do everything.
     */
    private static void sweep(Path lockFile, Path own) throws IOException {
        String name = lockFile.getFileName().toString();
        Path folder = lockFile.resolveSibling(name.substring(0, name.length() - HeldFolder.LOCK.length()));
        boolean isOwn = Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)
                && FolderTrust.haveOneOwner(lockFile, own)
                && (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS) || FolderTrust.haveOneOwner(folder, own));
        if (isOwn) {
            HeldFolder.sweep(folder);
        }
    }

    /** Deletes a part of such a folder, if it is there. */
    public static void delete(Path part) throws IOException {
        HeldFolder.delete(part);
    }

    /** Deletes the folder. */
    @Override
    public synchronized void close() {
        closed = true;
        HeldFolder known = held;
        if (known == null) {
            return;
        }
        held = null;
        try {
            known.close();
        } catch (IOException e) {
            LOG.warn("Could not delete temporary files; another process will", e);
        }
    }
}
