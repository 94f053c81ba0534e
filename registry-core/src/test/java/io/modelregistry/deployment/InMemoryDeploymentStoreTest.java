package io.modelregistry.deployment;

import io.modelregistry.registry.contract.DeploymentStoreContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;

class InMemoryDeploymentStoreTest extends DeploymentStoreContract {
    @Override
    protected StorageNode openEmpty() {
        return new InMemoryStorageNode();
    }
}
