package io.modelregistry.storage.fs;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.StorageNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;

/** A machine that was booted: two processes that use the registry on its disk, and one that copies it. */
final class PowerMachine implements AutoCloseable {
    private static final Path ROOT = Path.of("/simulated/registry");
    private static final Path COPY = Path.of("/simulated/backups/copy");

    private final FileOperations disk;
    private final FileSystemStorageNode node;
    private final ModelRegistry registry;
    private final ModelRegistry second;
    private final Deque<Upload> uploads = new ArrayDeque<>();

    PowerMachine(FileOperations disk) {
        this.disk = disk;
        node = at(ROOT);
        registry = ModelRegistries.open(behindCalls(node));
        second = ModelRegistries.open(behindCalls(at(ROOT)));
    }

    private FileSystemStorageNode at(Path root) {
        return new FileSystemStorageNode(root, disk, Clock.systemUTC());
    }

    /** Hides that the node has local files: there are none that could be read otherwise. */
    private static StorageNode behindCalls(StorageNode node) {
        return new ForwardingNode(node);
    }

    FileSystemStorageNode node() {
        return node;
    }

    ModelRegistry registry() {
        return registry;
    }

    /** A registry that remembers nothing of what the first one knows. */
    ModelRegistry second() {
        return second;
    }

    RegistryMaintenance maintenance() {
        return RegistryMaintenance.over(node);
    }

    /** A node over the folder of the copy; the caller closes it. */
    FileSystemStorageNode copy() {
        return at(COPY);
    }

    /** Keeps an upload for a later act. */
    void begin(Upload upload) {
        uploads.add(upload);
    }

    /** The upload that was begun first. */
    Upload begun() {
        return uploads.remove();
    }

    @Override
    public void close() {
        uploads.forEach(Upload::close);
        second.close();
        registry.close();
    }
}
