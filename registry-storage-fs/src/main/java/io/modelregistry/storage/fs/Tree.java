package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root folder, the paths of keys below it, and the node's own files, which live in folders that start with a dot
 * and so can never be keys. Thread-safe.
 */
final class Tree {
    /** Part of the on-disk format: every process that shares a folder must map a key to the same lock. */
    static final int STRIPES = 64;

    private static final String LOCKS = ".locks";
    private static final String TEMPORARIES = ".tmp";
    private static final String REMOVALS = "removals";

    private final FileOperations operations;
    private final Path given;
    private volatile @Nullable Path real;

    Tree(FileOperations operations, Path root) {
        this.operations = operations;
        this.given = root.toAbsolutePath().normalize();
    }

    /** The root as it was given, which need not exist. */
    Path given() {
        return given;
    }

    /** The root with symbolic links resolved; empty while it does not exist. */
    Optional<Path> root() throws IOException {
        Path known = real;
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Path found = operations.realPath(given);
            if (!operations.facts(found).map(FileFacts::isFolder).orElse(false)) {
                throw new StorageException(null, "Cannot use the storage root: it is not a folder, expected one", null);
            }
            real = found;
            return Optional.of(found);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The root, which exists already. */
    Path existingRoot() throws IOException {
        return root().orElseThrow(() -> new NoSuchFileException(given.toString(), null, "the root is gone"));
    }

    Path locks() throws IOException {
        return existingRoot().resolve(LOCKS);
    }

    Path temporaries() throws IOException {
        return existingRoot().resolve(TEMPORARIES);
    }

    /** The lock that guards what has this path below the root. Names that differ by case are one name on some disks. */
    Path lock(Path path) throws IOException {
        Path root = existingRoot();
        String key = root.relativize(path).toString().replace('\\', '/').toLowerCase(Locale.ROOT);
        return locks().resolve(String.format(Locale.ROOT, "%02d", Math.floorMod(key.hashCode(), STRIPES)));
    }

    /** A file whose size counts the folders that were ever removed. */
    Path removals() throws IOException {
        return locks().resolve(REMOVALS);
    }

    /** The file of a key, if there is a root. */
    Optional<Path> file(StorageKey key) throws IOException {
        return root().map(root -> root.resolve(key.value()));
    }

    /** Makes a folder unless it exists. */
    void makeFolder(Path folder) throws IOException {
        try {
            operations.createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            if (!operations.facts(folder).map(FileFacts::isFolder).orElse(false)) {
                throw e;
            }
        }
    }

    /**
     * Refuses an existing folder that a symbolic link leads to.
     *
     * @throws NoSuchFileException if it does not exist
     */
    void checkInside(String action, @Nullable StorageKey key, Path folder) throws IOException {
        if (operations.realPath(folder).equals(folder)) {
            return;
        }
        // A disk that is blind to case spells the real path as it was first written; only a link is refused.
        Path root = existingRoot();
        for (Path part = folder; !part.equals(root) && part.startsWith(root); part = folderOf(part)) {
            if (operations.facts(part).map(FileFacts::kind).orElse(FileFacts.Kind.FOLDER)
                    == FileFacts.Kind.SYMBOLIC_LINK) {
                throw symbolicLink(action, key, part);
            }
        }
    }

    /** The error for a link in the tree. */
    StorageException symbolicLink(String action, @Nullable StorageKey key, Path link) throws IOException {
        return new StorageException(
                key,
                "Cannot %s: '%s' is a symbolic link or a special file, expected plain files and folders below the root"
                        .formatted(action, name(link)),
                null);
    }

    /** The folder that holds what is below the root. */
    static Path folderOf(Path path) {
        return Objects.requireNonNull(path.getParent(), "a path below the root has a parent");
    }

    /** A path as a key would spell it. */
    String name(Path path) throws IOException {
        return existingRoot().relativize(path).toString().replace('\\', '/');
    }
}
