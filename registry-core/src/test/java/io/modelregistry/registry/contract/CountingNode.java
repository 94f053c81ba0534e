package io.modelregistry.registry.contract;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the bytes that are written, and remembers which keys were read, transferred, written and copied to. */
public final class CountingNode extends ForwardingNode {
    private final AtomicLong bytesWritten = new AtomicLong();
    private final List<String> reads = new CopyOnWriteArrayList<>();
    private final List<String> transfers = new CopyOnWriteArrayList<>();
    private final List<String> finds = new CopyOnWriteArrayList<>();
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final List<String> copies = new CopyOnWriteArrayList<>();

    /** Counts the calls to a node. */
    public CountingNode(StorageNode node) {
        super(node);
    }

    long bytesWritten() {
        return bytesWritten.get();
    }

    List<String> reads() {
        return reads;
    }

    /** What was read and had changed. */
    List<String> transfers() {
        return transfers;
    }

    List<String> finds() {
        return finds;
    }

    List<String> writes() {
        return writes;
    }

    /** Counts from zero again. */
    void reset() {
        reads.clear();
        transfers.clear();
        finds.clear();
        writes.clear();
        copies.clear();
    }

    List<String> copies() {
        return copies;
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        reads.add(key.value());
        Optional<OpenObject> opened = super.open(key, range, unlessEtag);
        if (opened.isPresent()) {
            transfers.add(key.value());
        }
        return opened;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        finds.add(key.value());
        return super.find(key);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        writes.add(key.value());
        StoredObject written = super.write(key, content, condition);
        bytesWritten.addAndGet(content.size());
        return written;
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        copies.add(to.value());
        return super.copy(from, to);
    }
}
