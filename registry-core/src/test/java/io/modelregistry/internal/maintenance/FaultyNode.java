package io.modelregistry.internal.maintenance;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;

/** A node one of whose writes fails, or takes place without an answer. */
final class FaultyNode extends ForwardingNode {
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
        super(node);
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
        StoredObject written = super.write(key, content, condition);
        if (writes == faulty) {
            throw new WriteOutcomeUnknownException(key, "No reply to the write of '" + key + "'", null);
        }
        return written;
    }
}
