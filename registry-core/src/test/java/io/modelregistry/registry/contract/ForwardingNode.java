package io.modelregistry.registry.contract;

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
import org.jspecify.annotations.Nullable;

/** A node that passes every call on; decorators override what they watch. Closing it leaves the other node open. */
public class ForwardingNode implements StorageNode {
    private final StorageNode node;

    /** Passes calls on to a node. */
    public ForwardingNode(StorageNode node) {
        this.node = node;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return node.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
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
    public String location() {
        return node.location();
    }

    @Override
    public long copyFromBytes() {
        return node.copyFromBytes();
    }

    @Override
    public void ensureDurable(StorageKey key) throws IOException {
        node.ensureDurable(key);
    }

    @Override
    public long maxConditionalSize() {
        return node.maxConditionalSize();
    }

    @Override
    public void close() {
        // The node below belongs to the test.
    }
}
