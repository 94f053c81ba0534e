package io.modelregistry.storage.fs;

import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storm.StormStore;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Stores in temporary folders; in memory where the system has a disk there, since forcing takes time. */
final class FolderStores implements StormStores {
    private static final Path DISK = Path.of("/dev/shm");

    @Override
    public String name() {
        return "filesystem";
    }

    @Override
    public FolderStore create() throws IOException {
        Path folder =
                Files.isWritable(DISK) ? Files.createTempDirectory(DISK, "storm") : Files.createTempDirectory("storm");
        return new FolderStore(folder);
    }

    /** A store in a folder, which is deleted in the end. */
    record FolderStore(Path folder) implements StormStore {
        Path root() {
            return folder.resolve("registry");
        }

        @Override
        public StorageNode open() {
            return FileSystemStorageNode.at(root());
        }

        @Override
        public void tamper(StorageKey key, byte[] bytes) throws IOException {
            Path file = root().resolve(key.value());
            // A copy may share its disk space, and damage strikes one object.
            Path replacement = Files.write(folder.resolve("replacement"), bytes);
            Files.delete(file);
            Files.move(replacement, file);
        }

        @Override
        public void fill(Snapshot objects) throws IOException {
            for (Map.Entry<String, String> object : objects.objects().entrySet()) {
                Path file = root().resolve(object.getKey());
                Files.createDirectories(file.getParent());
                Files.write(file, object.getValue().getBytes(StandardCharsets.ISO_8859_1));
            }
        }

        @Override
        public void close() throws IOException {
            List<Path> paths;
            try (Stream<Path> all = Files.walk(folder)) {
                paths = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : paths) {
                Files.delete(path);
            }
        }
    }
}
