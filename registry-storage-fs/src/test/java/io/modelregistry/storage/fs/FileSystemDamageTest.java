package io.modelregistry.storage.fs;

import io.modelregistry.maintenance.DamageContract;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Damages the files of a registry on the disk, without the node's knowledge. */
class FileSystemDamageTest extends DamageContract {
    @TempDir
    private Path root;

    @Override
    protected StorageNode create() {
        return FileSystemStorageNode.at(root);
    }

    @Override
    protected void tamper(StorageNode store, StorageKey key, byte[] bytes) throws IOException {
        Path file = ((FileSystemStorageNode) store).folder(KeyPrefix.ROOT).resolve(key.value());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
