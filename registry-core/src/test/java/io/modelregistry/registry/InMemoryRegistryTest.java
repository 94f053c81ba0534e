package io.modelregistry.registry;

import io.modelregistry.registry.contract.RegistryContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;

class InMemoryRegistryTest extends RegistryContract {
    @Override
    protected StorageNode openEmpty() {
        return new InMemoryStorageNode();
    }
}
