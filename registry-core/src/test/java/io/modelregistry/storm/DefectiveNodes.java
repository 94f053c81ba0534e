package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes with one defect each, for the storms to find out. */
final class DefectiveNodes {
    private DefectiveNodes() {}

    /** Writes whatever the condition is. */
    static StorageNode ignoringConditions(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                return super.write(key, content, WriteCondition.unconditional());
            }
        };
    }

    /** Looks whether an object is absent, and then writes it. */
    static StorageNode checkingThenCreating(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (!(condition instanceof WriteCondition.IfAbsent)) {
                    return super.write(key, content, condition);
                }
                if (find(key).isPresent()) {
                    throw new WriteConflictException(key, "Cannot create '" + key + "': it exists", null);
                }
                Thread.yield();
                return super.write(key, content, WriteCondition.unconditional());
            }
        };
    }

    /** Sends a write again when its reply is lost, and believes the second answer. */
    static StorageNode retryingBlindly(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                try {
                    return super.write(key, content, condition);
                } catch (WriteOutcomeUnknownException e) {
                    return super.write(key, content, condition);
                }
            }
        };
    }

    /** Takes a lost reply for a failure. */
    static StorageNode failingWithoutAReply(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                try {
                    return super.write(key, content, condition);
                } catch (WriteOutcomeUnknownException e) {
                    throw new StorageException(key, "Cannot write '" + key + "': timed out", e);
                }
            }
        };
    }

    /** Never closes what it reads. */
    static StorageNode leaking(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                    throws IOException {
                return super.open(key, range, unlessEtag)
                        .map(object -> new OpenObject(object.object(), new FilterInputStream(object.stream()) {
                            @Override
                            public void close() {
                                // The defect.
                            }
                        }));
            }
        };
    }

    /** Remembers objects, and every third time serves the one before the present one. */
    static StorageNode goingBack(StorageNode node) {
        return new GoingBack(node);
    }

    private record Generation(StoredObject object, byte[] bytes) {
        OpenObject open() {
            return new OpenObject(object, new ByteArrayInputStream(bytes));
        }
    }

    private static final class GoingBack extends ForwardingNode {
        private final Map<StorageKey, Generation> before = new HashMap<>();
        private final Map<StorageKey, Generation> last = new HashMap<>();
        private int reads;

        GoingBack(StorageNode node) {
            super(node);
        }

        @Override
        public synchronized Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            if (range != ByteRange.ALL) {
                return super.open(key, range, unlessEtag);
            }
            Generation now;
            try (OpenObject object = super.open(key, range, null).orElseThrow()) {
                now = new Generation(object.object(), object.stream().readAllBytes());
            }
            Generation known = last.put(key, now);
            if (known != null && !known.object.etag().equals(now.object.etag())) {
                before.put(key, known);
            }
            Generation served = ++reads % 3 == 0 ? before.getOrDefault(key, now) : now;
            return served.object.etag().equals(unlessEtag) ? Optional.empty() : Optional.of(served.open());
        }
    }
}
