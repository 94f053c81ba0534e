package io.modelregistry.internal.cache;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A node with a cache is a node. */
class CachingNodeContractTest extends StorageNodeContract {
    @TempDir
    Path folder;

    @Override
    protected StorageNode openEmpty() {
        return CachingNode.owning(new InMemoryStorageNode(), Caches.settings(folder.resolve("cache")));
    }
}
