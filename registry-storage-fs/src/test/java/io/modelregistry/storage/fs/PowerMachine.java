package io.modelregistry.storage.fs;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.StorageNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * A machine that was booted: two processes that use the registry on its disk, and one that copies it. Time stands still
 * and ids are counted, so that the same is done each time.
 */
final class PowerMachine implements AutoCloseable {
    /** What the clocks of all machines and disks show. */
    static final Clock CLOCK = SampleRegistry.CLOCK;

    private static final Path ROOT = Path.of("/simulated/registry");
    private static final Path COPY = Path.of("/simulated/backups/copy");

    private final FileOperations disk;
    private final Supplier<String> ids;
    private final FileSystemStorageNode node;
    private final ModelRegistry registry;
    private final ModelRegistry second;
    private final Deque<Upload> uploads = new ArrayDeque<>();

    /**
     * Boots.
     *
     * @param boot tells the ids of this machine from those of the ones that had the disk before
     */
    PowerMachine(FileOperations disk, String boot) {
        this.disk = disk;
        ids = SampleRegistry.ids(boot);
        node = at(ROOT);
        registry = open(node);
        second = open(at(ROOT));
    }

    private FileSystemStorageNode at(Path root) {
        return new FileSystemStorageNode(root, disk, CLOCK);
    }

    /** Behind a node that hides the local files: there are none that could be read otherwise. */
    private ModelRegistry open(StorageNode over) {
        return ModelRegistries.builder(new ForwardingNode(over))
                .clock(CLOCK)
                .ids(ids)
                .open();
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
        return RegistryMaintenance.over(node).with(Clock.offset(CLOCK, Duration.ofHours(1)), ids);
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
