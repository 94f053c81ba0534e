package io.modelregistry.internal.maintenance;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node that tells what is about to be read. */
class SpyingNode implements StorageNode {
    private final StorageNode node;
    private final Consumer<StorageKey> reads;

    SpyingNode(StorageNode node, Consumer<StorageKey> reads) {
        this.node = node;
        this.reads = reads;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return node.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        reads.accept(key);
        return node.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        return node.write(key, content, condition);
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        node.delete(key);
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        return node.list(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        return node.listFolders(prefix, startAfter, limit);
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        return node.copy(from, to);
    }

    @Override
    public long maxConditionalSize() {
        return node.maxConditionalSize();
    }

    @Override
    public void close() {
        node.close();
    }
}
