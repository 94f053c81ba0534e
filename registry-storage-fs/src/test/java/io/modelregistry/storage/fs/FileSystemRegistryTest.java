package io.modelregistry.storage.fs;

import io.modelregistry.registry.contract.RegistryContract;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The promises of a registry over folders; in memory where the system has a disk there, since forcing takes time. */
class FileSystemRegistryTest extends RegistryContract {
    @TempDir(factory = MemoryDisk.class)
    private Path folder;

    @Override
    protected StorageNode openEmpty() {
        return FileSystemStorageNode.at(folder.resolve("registry"));
    }

    /** Makes temporary folders on the disk in memory, or else where they usually are. */
    static final class MemoryDisk implements TempDirFactory {
        private static final Path DISK = Path.of("/dev/shm");

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            return Files.isWritable(DISK)
                    ? Files.createTempDirectory(DISK, "registry")
                    : Files.createTempDirectory("registry");
        }
    }
}
