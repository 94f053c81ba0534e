package io.modelregistry.storage.fs;

import io.modelregistry.registry.contract.DeploymentStoreContract;
import io.modelregistry.storage.StorageNode;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The promises of deployments over folders. */
class FileSystemDeploymentStoreTest extends DeploymentStoreContract {
    @TempDir(factory = FileSystemRegistryTest.MemoryDisk.class)
    private Path folder;

    @Override
    protected StorageNode openEmpty() {
        return FileSystemStorageNode.at(folder.resolve("registry"));
    }
}
