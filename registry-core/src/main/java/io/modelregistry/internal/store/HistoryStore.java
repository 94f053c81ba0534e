package io.modelregistry.internal.store;

import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads and completes histories. Thread-safe. */
public final class HistoryStore {
    private final StorageNode node;

    /** Histories of a store. */
    public HistoryStore(StorageNode node) {
        this.node = node;
    }

    /** Copies the event that a head carries to its own object, before the head is replaced. */
    public void keep(ModelKeys keys, StoredHead head) throws IOException {
        keep(keys.history(head.revision()), head.head().eventBytes());
    }

    /** Writes an event to its own object, unless it is there. */
    void keep(StorageKey key, byte[] event) throws IOException {
        try {
            node.write(key, Content.of(event), WriteCondition.ifAbsent());
        } catch (WriteConflictException | WriteOutcomeUnknownException e) {
            if (!Arrays.equals(kept(key, e), event)) {
                throw new CorruptionException(key.value(), "it is not the event that the head carries", e);
            }
        }
    }

    private byte[] kept(StorageKey key, StorageException refused) throws IOException {
        try {
            return node.readAll(key);
        } catch (IOException e) {
            if (refused instanceof WriteOutcomeUnknownException) {
                refused.addSuppressed(e);
                throw refused;
            }
            e.addSuppressed(refused);
            throw e;
        }
    }

    /** The event that made a revision at or below the head's. */
    public EventCodec.Entry entry(ModelKeys keys, StoredHead head, long revision) throws IOException {
        return EventCodecs.decode(keys, revision, bytes(keys, head, revision));
    }

    /** The events behind a revision up to the head's, ascending, each checked against the one behind it. */
    public List<EventCodec.Entry> entries(ModelKeys keys, StoredHead head, long after, int limit) throws IOException {
        long start = Math.min(Math.max(0, after), head.revision());
        long last = Math.min(head.revision(), start + Math.min(limit, head.revision()));
        List<EventCodec.Entry> entries = new ArrayList<>();
        Optional<Digest> previous =
                start < 1 || start >= last ? Optional.empty() : Optional.of(Digest.sha256(bytes(keys, head, start)));
        for (long revision = start + 1; revision <= last; revision++) {
            byte[] bytes = bytes(keys, head, revision);
            EventCodec.Entry entry = EventCodecs.decode(keys, revision, bytes);
            if (!entry.previous().equals(previous)) {
                throw new CorruptionException(
                        keys.history(revision).value(), "it does not follow the event before it", null);
            }
            previous = Optional.of(Digest.sha256(bytes));
            entries.add(entry);
        }
        return entries;
    }

    private byte[] bytes(ModelKeys keys, StoredHead head, long revision) throws IOException {
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

    /** Decodes events and checks that they are of the revision that their key says. */
    private static final class EventCodecs {
        static EventCodec.Entry decode(ModelKeys keys, long revision, byte[] bytes) {
            StorageKey key = keys.history(revision);
            EventCodec.Entry entry = StoreErrors.decode(key, bytes, EventCodec::decode);
            if (entry.event().revision() != revision) {
                throw new CorruptionException(
                        key.value(),
                        "it is the event of revision " + entry.event().revision(),
                        null);
            }
            return entry;
        }
    }
}
