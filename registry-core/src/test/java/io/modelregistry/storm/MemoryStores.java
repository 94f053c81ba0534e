package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;

/** Stores on the heap. */
public final class MemoryStores implements StormStores {
    /** Stores on the heap. */
    public MemoryStores() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public StormStore create() {
        return new MemoryStore(new InMemoryStorageNode());
    }

    private record MemoryStore(InMemoryStorageNode node) implements StormStore {
        @Override
        public StorageNode open() {
            return new ForwardingNode(node);
        }

        @Override
        public void tamper(StorageKey key, byte[] bytes) throws IOException {
            node.write(key, Content.of(bytes), WriteCondition.unconditional());
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
