package io.modelregistry.internal.maintenance;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node one of whose writes fails, or takes place without an answer. */
final class FaultyNode implements StorageNode {
    private final StorageNode node;
    private final int faulty;
    private final Fault fault;
    private int writes;

    /** What is wrong with a write. */
    enum Fault {
        /** It does not take place, and nor does any write behind it. */
        DEAD_FROM_THEN_ON,
        /** It takes place, and nobody hears of it. */
        LOST_REPLY
    }

    FaultyNode(StorageNode node, int faulty, Fault fault) {
        this.node = node;
        this.faulty = faulty;
        this.fault = fault;
    }

    int writes() {
        return writes;
    }

    boolean hasFailed() {
        return writes >= faulty;
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        writes++;
        if (writes >= faulty && fault == Fault.DEAD_FROM_THEN_ON) {
            throw new StorageException(key, "Cannot write object '" + key + "': the disk is full", null);
        }
        StoredObject written = node.write(key, content, condition);
        if (writes == faulty) {
            throw new WriteOutcomeUnknownException(key, "No reply to the write of '" + key + "'", null);
        }
        return written;
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
