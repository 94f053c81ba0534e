package io.modelregistry.inference.deployment;

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
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node that fails when a test says so. Thread-safe. */
final class BreakableNode extends ForwardingNode {
    private volatile Trouble trouble = Trouble.NONE;

    BreakableNode(StorageNode node) {
        super(node);
    }

    /** When something may go wrong. */
    enum Moment {
        READ,
        BEFORE_WRITE,
        AFTER_WRITE
    }

    /** What goes wrong. */
    @FunctionalInterface
    interface Trouble {
        Trouble NONE = (moment, key) -> {};

        Trouble DOWN = (moment, key) -> {
            throw new IOException("The store does not answer for '" + key + "'");
        };

        void at(Moment moment, String key) throws IOException;
    }

    void trouble(Trouble next) {
        trouble = next;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        trouble.at(Moment.READ, key.value());
        return super.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        trouble.at(Moment.READ, key.value());
        return super.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        Trouble now = trouble;
        now.at(Moment.BEFORE_WRITE, key.value());
        StoredObject written = super.write(key, content, condition);
        now.at(Moment.AFTER_WRITE, key.value());
        return written;
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        trouble.at(Moment.READ, prefix.toString());
        return super.list(prefix, startAfter, limit);
    }
}
