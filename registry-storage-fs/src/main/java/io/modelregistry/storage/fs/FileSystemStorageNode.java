package io.modelregistry.storage.fs;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.LocalFiles;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StorageNode} in a folder: the object {@code models/iris/_model.json} is the file of that path below the
 * root.
 *
 * <p>Any number of nodes, in any number of threads and processes, may share a folder of a file system with working file
 * locks and atomic renames. Objects are never changed in place. A write is forced to the disk, its folders too, before
 * it is acknowledged; a read sees it from the moment it has its name, which is a little earlier. A copy shares the disk
 * space of its source where the file system has hard links, and then has the source's time of modification.
 *
 * <p>A symbolic link below the root is refused as an object or a folder of objects, wherever it leads; the root itself
 * may be one. A write whose folder could not be made durable ends with
 * {@link io.modelregistry.storage.WriteOutcomeUnknownException}. If the folder could only not be opened (too many open
 * files, for example), every later call first makes that good, and fails while it cannot. If forcing it failed, nobody
 * knows what the disk holds, and every later call fails until the node is opened anew.
 *
 * <p>Thread-safe. An interrupt fails a write whose content is still under way, and nothing else.
 */
public final class FileSystemStorageNode implements StorageNode, LocalFiles {
    private final Tree tree;
    private final Folders folders;
    private final Temporaries temporaries;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final Listing listing;
    private final Failures failures;
    private volatile boolean closed;

    FileSystemStorageNode(Path root, FileOperations operations, Clock clock) {
        tree = new Tree(operations, root);
        folders = new Folders(operations, tree);
        temporaries = new Temporaries(operations, tree, clock);
        reader = new ObjectReader(operations, tree);
        writer = new ObjectWriter(operations, tree, folders, temporaries, reader);
        listing = new Listing(operations, tree);
        failures = new Failures(operations);
    }

    /**
     * A node in a folder, which is made by the first write; until then it is empty.
     *
     * @param root the folder; it and everything in it that does not start with a dot belongs to the store
     */
    public static FileSystemStorageNode at(Path root) {
        return new FileSystemStorageNode(root, new DiskOperations(), Clock.systemUTC());
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return reading("find object '" + key + "'", key, () -> reader.find(key));
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        return reading("open object '" + key + "'", key, () -> reader.open(key, range, unlessEtag));
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        if (!(condition instanceof WriteCondition.Unconditional) && content.size() > maxConditionalSize()) {
            throw new IllegalArgumentException(
                    "Cannot write object '%s': it has %s bytes, expected at most %s under a condition"
                            .formatted(key, content.size(), maxConditionalSize()));
        }
        return writing("write object '" + key + "'", key, () -> {
            prepareRoot();
            return writer.write(key, content, condition);
        });
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        writing("delete object '" + key + "'", key, () -> {
            if (reader.path(key).isPresent()) {
                prepareRoot();
                writer.delete(key);
            }
            return key;
        });
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        checkLimit(limit);
        return reading("list objects below '" + prefix + "'", null, () -> listing.objects(prefix, startAfter, limit));
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        checkLimit(limit);
        return reading("list folders below '" + prefix + "'", null, () -> listing.folders(prefix, startAfter, limit));
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        String action = "copy object '" + from + "'";
        return writing(action, from, () -> {
            if (from.equals(to)) {
                return reader.find(from).orElseThrow(() -> ObjectReader.missing(action, from));
            }
            Path source = reader.path(from).orElseThrow(() -> ObjectReader.missing(action, from));
            prepareRoot();
            return writer.copy(from, source, to);
        });
    }

    @Override
    public void ensureDurable(StorageKey key) throws IOException {
        reading("make object '" + key + "' durable", key, () -> {
            Optional<Path> file = reader.path(key);
            if (file.isPresent()) {
                folders.force(Tree.folderOf(file.get()));
            }
            return file;
        });
    }

    @Override
    public long maxConditionalSize() {
        return Etags.LARGEST_HASHED;
    }

    @Override
    public Path path(StorageKey key) throws IOException {
        String action = "locate object '" + key + "'";
        return reading(action, key, () -> reader.path(key).orElseThrow(() -> ObjectReader.missing(action, key)));
    }

    @Override
    public Path folder(KeyPrefix prefix) throws IOException {
        String action = "locate folder '" + prefix + "'";
        return reading(action, null, () -> {
            Path folder = tree.root().orElse(tree.given()).resolve(prefix.value());
            try {
                tree.checkInside(action, null, folder);
            } catch (NoSuchFileException e) {
                return folder; // It need not exist.
            }
            return folder;
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "FileSystemStorageNode at " + tree.given();
    }

    private void prepareRoot() throws IOException {
        folders.prepareRoot();
        temporaries.sweepOnce();
    }

    private <T> T reading(String action, @Nullable StorageKey key, FileOperations.Action<T> call) throws IOException {
        checkUsable(action, key);
        try {
            return call.run();
        } catch (IOException e) {
            throw failures.reading(action, key, e);
        }
    }

    private <T> T writing(String action, StorageKey key, FileOperations.Action<T> call) throws IOException {
        checkUsable(action, key);
        try {
            return call.run();
        } catch (Unread.ContentException e) {
            throw e.failure();
        } catch (IOException e) {
            throw failures.writing(action, key, tree.given(), e);
        }
    }

    private void checkUsable(String action, @Nullable StorageKey key) throws IOException {
        if (closed) {
            throw new StorageClosedException(
                    key, "Cannot %s: the node is closed, expected an open one".formatted(action), null);
        }
        folders.checkSound(action, key);
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("Cannot list '%s' objects, expected at least 1".formatted(limit));
        }
    }
}
