package io.modelregistry.storage.memory;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageNodeProvider;
import java.net.URI;

/**
 * Opens {@code memory:new}: a fresh, empty {@link InMemoryStorageNode} each time.
 *
 * <p>There is no way to name a node in memory and to open it again: share the object instead.
 */
public final class MemoryStorageNodeProvider implements StorageNodeProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public MemoryStorageNodeProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public StorageNode open(URI uri) {
        if (!"memory:new".equals(uri.toString())) {
            throw new IllegalArgumentException(
                    "Cannot open storage node '%s': a node in memory has no name, expected memory:new".formatted(uri));
        }
        return new InMemoryStorageNode();
    }
}
