package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSystemStorageNodeContractTest extends StorageNodeContract {
    @TempDir
    private Path folder;

    @Override
    protected StorageNode openEmpty() {
        return FileSystemStorageNode.at(folder.resolve("registry"));
    }
}
