package io.modelregistry.internal.store;

import io.modelregistry.internal.document.DeploymentEventCodec;
import io.modelregistry.internal.document.DeploymentEventCodec.Entry;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and completes histories of deployments. Thread-safe. */
public final class DeploymentHistory {
    private final StorageNode node;
    private final HistoryStore events;

    /** Histories of a store. */
    public DeploymentHistory(StorageNode node) {
        this.node = node;
        this.events = new HistoryStore(node);
    }

    /** Copies the event that a head carries to its own object, before the head is replaced. */
    public void keep(DeploymentKeys keys, StoredDeployment head) throws IOException {
        events.keep(keys.history(head.revision()), head.head().eventBytes());
    }

    /** The event that made a revision at or below the head's. */
    public Entry entry(DeploymentKeys keys, StoredDeployment head, long revision) throws IOException {
        return decode(keys, revision, bytes(keys, head, revision));
    }

    /** The events behind a revision up to the head's, ascending, each checked against the one behind it. */
    public List<Entry> entries(DeploymentKeys keys, StoredDeployment head, long after, int limit) throws IOException {
        long start = Math.min(Math.max(0, after), head.revision());
        long last = Math.min(head.revision(), start + Math.min(limit, head.revision()));
        List<Entry> entries = new ArrayList<>();
        Optional<Digest> previous =
                start < 1 || start >= last ? Optional.empty() : Optional.of(Digest.sha256(bytes(keys, head, start)));
        for (long revision = start + 1; revision <= last; revision++) {
            byte[] bytes = bytes(keys, head, revision);
            Entry entry = decode(keys, revision, bytes);
            if (!entry.previous().equals(previous)) {
                throw new CorruptionException(
                        key(keys, head, revision).value(), "it does not follow the event before it", null);
            }
            previous = Optional.of(Digest.sha256(bytes));
            entries.add(entry);
        }
        return entries;
    }

    private static StorageKey key(DeploymentKeys keys, StoredDeployment head, long revision) {
        return revision == head.revision() ? keys.head() : keys.history(revision);
    }

    private byte[] bytes(DeploymentKeys keys, StoredDeployment head, long revision) throws IOException {
        if (revision == head.revision()) {
            return head.head().eventBytes();
        }
        StorageKey key = keys.history(revision);
        try {
            return node.readAll(key);
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        }
    }

    private static Entry decode(DeploymentKeys keys, long revision, byte[] bytes) {
        StorageKey key = keys.history(revision);
        Entry entry = StoreErrors.decode(key, bytes, DeploymentEventCodec::decode);
        boolean isIt = entry.event().revision() == revision
                && entry.event().deployment().equals(keys.name());
        if (!isIt) {
            throw new CorruptionException(
                    key.value(),
                    "it is the event of revision " + entry.event().revision() + " of deployment '"
                            + entry.event().deployment() + "'",
                    null);
        }
        return entry;
    }
}
