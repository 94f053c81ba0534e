package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges a head before it is written: it is kept in memory, where this process finds it, and written a little
 * later. A defect that is planted; for one process at a time.
 */
public final class AnsweringFirstNode extends ForwardingNode {
    private static final long DELAY_MILLIS = 20;

    private final StorageNode node;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "planted-writer");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<StorageKey, Kept> heads = new HashMap<>();
    private int generation;

    private record Kept(StoredObject object, byte[] bytes) {}

    /** Plants the defect over a node. */
    public AnsweringFirstNode(StorageNode node) {
        super(node);
        this.node = node;
    }

    @Override
    public synchronized Optional<StoredObject> find(StorageKey key) throws IOException {
        Kept kept = heads.get(key);
        return kept == null ? super.find(key) : Optional.of(kept.object);
    }

    @Override
    public synchronized Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
            throws IOException {
        Kept kept = heads.get(key);
        if (kept == null) {
            return super.open(key, range, unlessEtag);
        }
        return kept.object.etag().equals(unlessEtag)
                ? Optional.empty()
                : Optional.of(new OpenObject(kept.object, new ByteArrayInputStream(kept.bytes)));
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        return key.value().endsWith("/_model.json")
                ? writeLater(key, content, condition)
                : super.write(key, content, condition);
    }

    private synchronized StoredObject writeLater(StorageKey key, Content content, WriteCondition condition)
            throws IOException {
        Optional<String> present = find(key).map(StoredObject::etag);
        Optional<String> expected =
                condition instanceof WriteCondition.IfMatches matches ? Optional.of(matches.etag()) : Optional.empty();
        if (!present.equals(expected)) {
            throw new WriteConflictException(key, "Refused '" + key + "'", null);
        }
        byte[] bytes;
        try (InputStream in = content.open()) {
            bytes = in.readAllBytes();
        }
        StoredObject object = new StoredObject(key, bytes.length, "kept-" + ++generation, Instant.now());
        heads.put(key, new Kept(object, bytes));
        later.schedule(() -> writeNow(key, bytes), DELAY_MILLIS, TimeUnit.MILLISECONDS);
        return object;
    }

    private void writeNow(StorageKey key, byte[] bytes) {
        try {
            node.write(key, Content.of(bytes), WriteCondition.unconditional());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        later.shutdown();
        node.close();
    }
}
