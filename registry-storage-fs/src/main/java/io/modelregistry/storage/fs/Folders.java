package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the folders that keys need, forces them, and removes them when they are empty. Thread-safe.
 *
 * <p>A name is durable when the folder that holds it was forced, and so on up to the root. A folder that somebody else
 * has just made may not be durable yet, so existing is not enough: this process forces each chain of folders once and
 * remembers it. What it remembers would be wrong if another process removed a folder and a third one made it again.
 * Therefore whoever removes a folder first makes the file {@code removals} one byte longer, and what is remembered
 * holds only for the length at which it was learnt.
 *
 * <p>A folder that cannot be opened for a moment, as when the process has too many open files, loses nothing; it is
 * forced before the next call. After a failed force nobody knows what the disk holds, and asking again would only hide
 * it.
 */
final class Folders {
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);
    private static final int ATTEMPTS = 1000;
    private static final int MOST_REMEMBERED = 10_000;

    private final FileOperations operations;
    private final Tree tree;
    private final Map<Path, Long> durableAt = new ConcurrentHashMap<>();
    private final Map<Path, IOException> unforced = new ConcurrentHashMap<>();
    private volatile @Nullable ForceFailedException failedForce;

    Folders(FileOperations operations, Tree tree) {
        this.operations = operations;
        this.tree = tree;
    }

    /** Makes the root and the folders for the node's own files, unless they are there. */
    void prepareRoot() throws IOException {
        Optional<Path> root = tree.root();
        if (root.isEmpty()) {
            makeOutside(tree.given());
        }
        for (Path own : List.of(tree.locks(), tree.temporaries())) {
            if (operations.facts(own).isEmpty()) {
                tree.makeFolder(own);
            }
        }
    }

    /**
     * Makes a folder and those above it, each when the one above is durable. Whoever made the last one that exists may
     * have died before it was.
     */
    private void makeOutside(Path folder) throws IOException {
        Path above = folder.getParent();
        if (above == null) {
            return;
        }
        if (operations.facts(folder).isPresent()) {
            forceIfAllowed(above);
            return;
        }
        makeOutside(above);
        tree.makeFolder(folder);
        forceAlone(above);
    }

    /** Makes a folder below the root and all that it needs, refusing links and objects in the way. */
    void ensure(StorageKey key, Path folder) throws IOException {
        String action = "write object '" + key + "'";
        Optional<FileFacts> facts = operations.facts(folder);
        if (facts.isPresent() && facts.get().isFolder()) {
            tree.checkInside(action, key, folder);
            return;
        }
        if (facts.isPresent()) {
            throw inTheWay(action, key, folder, facts.get());
        }
        ensure(key, Tree.folderOf(folder));
        try {
            tree.makeFolder(folder);
        } catch (FileAlreadyExistsException e) {
            Optional<FileFacts> other = operations.facts(folder);
            if (other.isPresent()) {
                throw inTheWay(action, key, folder, other.get());
            }
            throw new NoSuchFileException(folder.toString());
        }
    }

    private StorageException inTheWay(String action, StorageKey key, Path path, FileFacts facts) throws IOException {
        if (!facts.isFile()) {
            return tree.symbolicLink(action, key, path);
        }
        return new StorageException(
                key, "Cannot %s: '%s' is an object, expected a folder".formatted(action, tree.name(path)), null);
    }

    /**
     * Makes the names in a folder durable, and its own name, and so on up. A folder that is gone needs nothing. What
     * cannot be forced now is forced before the next call.
     */
    void force(Path folder) throws IOException {
        try {
            forceRemaining(folder);
        } catch (IOException e) {
            unforced.put(folder, e);
            throw e;
        }
    }

    private void forceRemaining(Path folder) throws IOException {
        for (int attempt = 1; true; attempt++) {
            try {
                forceChain(folder);
                return;
            } catch (NoSuchFileException e) {
                // Deletes removed a folder of the chain, so what it held is gone, too; begin again with what is left.
                if (attempt == ATTEMPTS || operations.facts(tree.existingRoot()).isEmpty()) {
                    throw e;
                }
            }
        }
    }

    private void forceChain(Path folder) throws IOException {
        long removals = removals();
        Path root = tree.existingRoot();
        Path child = forceNearest(folder);
        Deque<Path> learnt = new ArrayDeque<>();
        while (child.startsWith(root) && !Long.valueOf(removals).equals(durableAt.get(child))) {
            if (child.equals(root)) {
                forceAboveRoot(root);
            } else {
                forceAlone(Tree.folderOf(child));
            }
            learnt.add(child);
            child = Tree.folderOf(child);
        }
        if (durableAt.size() > MOST_REMEMBERED) {
            durableAt.clear();
        }
        learnt.forEach(path -> durableAt.put(path, removals));
    }

    private Path forceNearest(Path folder) throws IOException {
        Path existing = folder;
        while (true) {
            try {
                forceAlone(existing);
                return existing;
            } catch (NoSuchFileException e) {
                if (existing.equals(tree.existingRoot())) {
                    throw e;
                }
                existing = Tree.folderOf(existing);
            }
        }
    }

    /** The root's own name; the folder above may be closed to this process when somebody else made the root. */
    private void forceAboveRoot(Path root) throws IOException {
        Path above = root.getParent();
        if (above != null) {
            forceIfAllowed(above);
        }
    }

    private void forceIfAllowed(Path folder) throws IOException {
        try {
            forceAlone(folder);
        } catch (AccessDeniedException e) {
            LOG.debug("A folder above the root cannot be forced", e);
        }
    }

    private void forceAlone(Path folder) throws IOException {
        try {
            operations.forceFolder(folder);
        } catch (ForceFailedException e) {
            failedForce = e;
            throw e;
        }
    }

    /**
     * Refuses to go on after a failed force, and before everything is forced that could not be opened for it: whoever
     * finds an object may take it as written.
     */
    void checkSound(String action, @Nullable StorageKey key) throws StorageException {
        IOException failure = failedForce;
        if (failure != null) {
            throw new StorageException(
                    key,
                    "Cannot %s: an earlier change could not be made durable, expected the node to be opened anew"
                            .formatted(action),
                    failure);
        }
        for (Map.Entry<Path, IOException> owed : Map.copyOf(unforced).entrySet()) {
            try {
                forceRemaining(owed.getKey());
            } catch (IOException e) {
                throw new StorageException(
                        key,
                        "Cannot %s: an earlier change is not durable yet: %s, expected its folder to be forced"
                                .formatted(action, Failures.reason(e)),
                        e);
            }
            unforced.remove(owed.getKey(), owed.getValue()); // Unless another change of the folder failed meanwhile.
        }
    }

    /**
     * Removes a folder below the root, and those above it, as long as they are empty. This is for tidiness: a folder
     * that cannot be removed is not listed either.
     */
    void removeEmpty(Path folder) {
        try {
            Path root = tree.existingRoot();
            Path emptied = folder;
            while (!emptied.equals(root) && removeIfEmpty(emptied)) {
                emptied = Tree.folderOf(emptied);
            }
        } catch (IOException e) {
            LOG.debug("An empty folder stays behind", e);
        }
    }

    /** Removes a folder and those below it if they hold no file; whatever is left stays as it is. */
    void removeHollow(Path folder) throws IOException {
        operations.visit(folder, name -> {
            Path entry = folder.resolve(name);
            if (operations.facts(entry).map(FileFacts::isFolder).orElse(false)) {
                removeHollow(entry);
            }
            return true;
        });
        removeIfEmpty(folder);
    }

    /** Under the lock of the folder's own name, so that no object takes that name between the look and the removal. */
    private boolean removeIfEmpty(Path folder) throws IOException {
        return operations.underLock(tree.lock(folder), () -> {
            if (!operations.facts(folder).map(FileFacts::isFolder).orElse(false) || !isEmpty(folder)) {
                return false;
            }
            operations.appendByte(tree.removals());
            try {
                operations.delete(folder);
                return true;
            } catch (DirectoryNotEmptyException | NoSuchFileException e) {
                return false; // Somebody was faster, and that is all right.
            }
        });
    }

    private boolean isEmpty(Path folder) throws IOException {
        boolean[] empty = {true};
        operations.visit(folder, name -> empty[0] = false);
        return empty[0];
    }

    private long removals() throws IOException {
        return operations.facts(tree.removals()).map(FileFacts::size).orElse(0L);
    }
}
