package io.modelregistry.storage.memory;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;

class InMemoryStorageNodeContractTest extends StorageNodeContract {
    @Override
    protected StorageNode openEmpty() {
        return new InMemoryStorageNode();
    }
}
