package io.modelregistry.internal.maintenance;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node that tells what is about to be read. */
class SpyingNode extends ForwardingNode {
    private final Consumer<StorageKey> reads;

    SpyingNode(StorageNode node, Consumer<StorageKey> reads) {
        super(node);
        this.reads = reads;
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        reads.accept(key);
        return super.open(key, range, unlessEtag);
    }
}
