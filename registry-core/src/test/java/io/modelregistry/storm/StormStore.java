package io.modelregistry.storm;

import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;

/** One store that outlives the nodes that are opened over it. Closing it may delete it. */
public interface StormStore extends AutoCloseable {
    /** Opens a node over the store, as another process would; the caller closes it, which leaves the store. */
    StorageNode open() throws IOException;

    /** Gives an object that exists other bytes of the same length behind the back of all nodes. */
    void tamper(StorageKey key, byte[] bytes) throws IOException;

    /** Puts objects into a store that holds nothing, as fast as can be. */
    default void fill(Snapshot objects) throws IOException {
        try (StorageNode node = open()) {
            StoreContents.copy(objects, node);
        }
    }

    @Override
    void close() throws IOException;
}
