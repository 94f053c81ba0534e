package io.modelregistry.benchmarks.registry;

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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the calls of a node. Thread-safe. */
final class CountingNode implements StorageNode {
    private final StorageNode node;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();

    CountingNode(StorageNode node) {
        this.node = node;
    }

    /** How many objects were opened since the last call of this method. */
    long takeReads() {
        calls.set(0);
        return reads.getAndSet(0);
    }

    /** How many calls were made since the last call of {@link #takeReads}. */
    long calls() {
        return calls.get();
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        calls.incrementAndGet();
        return node.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        calls.incrementAndGet();
        reads.incrementAndGet();
        return node.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        calls.incrementAndGet();
        return node.write(key, content, condition);
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        calls.incrementAndGet();
        node.delete(key);
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        calls.incrementAndGet();
        return node.list(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        calls.incrementAndGet();
        return node.listFolders(prefix, startAfter, limit);
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        calls.incrementAndGet();
        return node.copy(from, to);
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
        node.close();
    }
}
