package io.modelregistry.registry.contract;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;

/** Loses the reply to writes of one key, with or without their effect. For one client: not thread-safe. */
final class LossyNode extends ForwardingNode {
    private final StorageKey lossy;
    private final Loss loss;
    private int left;
    private Runnable meanwhile = () -> {};

    /** What becomes of a write whose reply is lost. */
    enum Loss {
        /** It has no effect. */
        BEFORE_THE_EFFECT,
        /** It has its effect. */
        AFTER_THE_EFFECT
    }

    LossyNode(StorageNode node, StorageKey lossy, Loss loss, int times) {
        super(node);
        this.lossy = lossy;
        this.loss = loss;
        this.left = times;
    }

    /** What others do before the client learns that it gets no reply. */
    LossyNode meanwhile(Runnable others) {
        meanwhile = others;
        return this;
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        if (!key.equals(lossy) || left == 0) {
            return super.write(key, content, condition);
        }
        left--;
        if (loss == Loss.AFTER_THE_EFFECT) {
            super.write(key, content, condition);
        }
        meanwhile.run();
        throw new WriteOutcomeUnknownException(key, "No reply to the write of '" + key + "'", null);
    }
}
