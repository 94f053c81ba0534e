package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Loses the reply to some writes, with or without their effect, and then may not answer for a while. For one client:
 * not thread-safe.
 */
final class FlakyNode extends ForwardingNode {
    private static final int LONGEST_SILENCE = 40;

    private final Random random;
    private final double lossRate;
    private int silence;

    /**
     * A node that loses replies.
     *
     * @param lossRate which part of the writes gets no reply
     */
    FlakyNode(StorageNode node, Random random, double lossRate) {
        super(node);
        this.random = random;
        this.lossRate = lossRate;
    }

    /** Answers from now on. */
    void recover() {
        silence = 0;
    }

    private void answer(Object key) throws IOException {
        if (silence > 0) {
            silence--;
            throw new IOException("The store does not answer for '" + key + "'");
        }
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        answer(key);
        return super.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        answer(key);
        return super.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        answer(key);
        boolean isLost = random.nextDouble() < lossRate;
        boolean hasEffect = !isLost || random.nextBoolean();
        @Nullable StoredObject written = hasEffect ? super.write(key, content, condition) : null;
        if (isLost) {
            silence = random.nextBoolean() ? random.nextInt(LONGEST_SILENCE) : 0;
            throw new WriteOutcomeUnknownException(key, "No reply to the write of '" + key + "'", null);
        }
        return written;
    }
}
