package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Nodes that break a promise when several write at once, or that behave as clients of real stores do. */
final class PlantedNodes {
    /** A real store takes longer than one in memory, so that others come in between. */
    private static final long GAP_NANOS = 50_000;

    private PlantedNodes() {}

    /**
     * Sends every fifth replacement of a head twice, as a client does whose reply was lost: the first one wins, and the
     * second one is refused. No promise is broken.
     */
    static StorageNode repeatingRequests(StorageNode node) {
        AtomicInteger writes = new AtomicInteger();
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                StoredObject written = super.write(key, content, condition);
                boolean isRepeated = key.value().endsWith("/_model.json") && writes.incrementAndGet() % 5 == 0;
                return isRepeated ? super.write(key, content, condition) : written;
            }
        };
    }

    /** Looks whether the condition holds, and then writes without it. */
    static StorageNode comparingThenWriting(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (condition instanceof WriteCondition.IfMatches matches) {
                    Optional<String> present = find(key).map(StoredObject::etag);
                    if (!present.equals(Optional.of(matches.etag()))) {
                        throw new WriteConflictException(key, "Refused '" + key + "'", null);
                    }
                    LockSupport.parkNanos(GAP_NANOS);
                    return super.write(key, content, WriteCondition.unconditional());
                }
                return super.write(key, content, condition);
            }
        };
    }

    /** Writes over what must not exist. */
    static StorageNode ignoringIfAbsent(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (condition instanceof WriteCondition.IfAbsent) {
                    LockSupport.parkNanos(GAP_NANOS);
                    return super.write(key, content, WriteCondition.unconditional());
                }
                return super.write(key, content, condition);
            }
        };
    }
}
