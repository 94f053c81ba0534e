package io.modelregistry.registry;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Fails one call, or all from one on. */
final class FaultyNode extends ForwardingNode {
    private final Fault fault;
    private final int failing;
    private final AtomicInteger calls = new AtomicInteger();

    /** How a call fails. */
    enum Fault {
        /** The call fails and has no effect. */
        REFUSED,
        /** A write has its effect and its reply is lost; a read fails. */
        REPLY_LOST,
        /** A write has no effect and nobody knows; a read fails. */
        REQUEST_LOST,
        /** A write has its effect, its reply is lost, and the store does not answer any more. */
        GONE_AFTER,
        /** A write has no effect, nobody knows, and the store does not answer any more. */
        GONE_BEFORE
    }

    FaultyNode(StorageNode node, Fault fault, int failing) {
        super(node);
        this.fault = fault;
        this.failing = failing;
    }

    /** Whether the fault came: an operation that makes fewer calls never meets it. */
    boolean hasFailed() {
        return calls.get() >= failing;
    }

    private boolean isHit(StorageKey key) throws IOException {
        int call = calls.incrementAndGet();
        if (call > failing && (fault == Fault.GONE_AFTER || fault == Fault.GONE_BEFORE)) {
            throw new IOException("The store does not answer for '" + key + "'");
        }
        return call == failing;
    }

    private void read(StorageKey key) throws IOException {
        if (isHit(key)) {
            throw new IOException("Injected for '" + key + "'");
        }
    }

    private StoredObject change(StorageKey key, Change change) throws IOException {
        if (!isHit(key)) {
            return change.make();
        }
        if (fault == Fault.REFUSED) {
            throw new IOException("Injected for '" + key + "'");
        }
        if (fault == Fault.REPLY_LOST || fault == Fault.GONE_AFTER) {
            change.make();
        }
        throw new WriteOutcomeUnknownException(key, "No reply for '" + key + "'", null);
    }

    private interface Change {
        StoredObject make() throws IOException;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        read(key);
        return super.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        read(key);
        return super.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        return change(key, () -> super.write(key, content, condition));
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        return change(to, () -> super.copy(from, to));
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        read(StorageKey.of("list"));
        return super.list(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        read(StorageKey.of("list"));
        return super.listFolders(prefix, startAfter, limit);
    }
}
