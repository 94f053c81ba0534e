package io.modelregistry.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.internal.document.DeploymentCodec;
import io.modelregistry.internal.document.DeploymentCodec.Head;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads of deployments; remembers them, and asks the store only whether they are still the same. Thread-safe:
 * what is remembered only ever moves forward.
 */
public final class DeploymentHeads {
    private static final long REMEMBERED_BYTES = 8L << 20;

    private final StorageNode node;
    private final Cache<StorageKey, Remembered> heads = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .weigher((StorageKey key, Remembered head) -> head.bytes)
            .build();

    private record Remembered(StoredDeployment stored, int bytes) {}

    /** Heads of a store. */
    public DeploymentHeads(StorageNode node) {
        this.node = node;
    }

    /**
     * The head as it is now; empty if there is no such deployment. If the store is offline, and the host wants to be
     * served then, the one that was read last.
     */
    public Optional<StoredDeployment> read(DeploymentKeys keys) throws IOException {
        try {
            return readPresent(keys);
        } catch (IOException e) {
            return Optional.of(lastKnown(keys, e));
        }
    }

    private StoredDeployment lastKnown(DeploymentKeys keys, IOException failed) throws IOException {
        if (!KeptDocuments.isOffline(failed)) {
            throw failed;
        }
        Remembered known = heads.getIfPresent(keys.head());
        return known != null
                ? known.stored
                : decoded(keys, KeptDocuments.lastKnown(node, keys.head()).orElseThrow(() -> failed));
    }

    /**
     * The head as it is now, always from the store; empty if there has never been one. One that was lost is not taken
     * for one that never was: hosts would stop serving, and the next change would begin another history.
     *
     * @throws CorruptionException if it is missing and there is a history
     */
    public Optional<StoredDeployment> readPresent(DeploymentKeys keys) throws IOException {
        Optional<StoredDeployment> head = readNow(keys);
        if (head.isPresent() || node.find(keys.history(1)).isEmpty()) {
            return head;
        }
        head = readNow(keys); // It may have been made, and replaced, in between.
        if (head.isEmpty()) {
            throw new CorruptionException(keys.head().value(), "it is missing, and the deployment has a history", null);
        }
        return head;
    }

    /** The head as it is now, always from the store; empty if there is none. */
    public Optional<StoredDeployment> readNow(DeploymentKeys keys) throws IOException {
        StorageKey key = keys.head();
        @Nullable Remembered known = heads.getIfPresent(key);
        Optional<OpenObject> opened;
        try {
            opened = node.open(key, ByteRange.ALL, known == null ? null : known.stored.etag());
        } catch (NoSuchKeyException e) {
            heads.invalidate(key);
            return Optional.empty();
        }
        if (opened.isEmpty() && known != null) {
            return Optional.of(known.stored);
        }
        return Optional.of(decoded(keys, opened.orElseThrow()));
    }

    /** The head that was read or written last, however long ago; as it is now if there is none. */
    public Optional<StoredDeployment> readKnown(DeploymentKeys keys) throws IOException {
        @Nullable Remembered known = heads.getIfPresent(keys.head());
        return known == null ? readPresent(keys) : Optional.of(known.stored);
    }

    private StoredDeployment decoded(DeploymentKeys keys, OpenObject opened) throws IOException {
        StorageKey key = keys.head();
        try (OpenObject object = opened) {
            byte[] bytes = object.stream().readAllBytes();
            Head head = StoreErrors.decode(key, bytes, DeploymentCodec::decode);
            DeploymentName name = head.entry().event().deployment();
            if (!name.equals(keys.name())) {
                throw new CorruptionException(key.value(), "it is the head of deployment '" + name + "'", null);
            }
            StoredDeployment stored = new StoredDeployment(head, object.object().etag());
            remember(keys, stored, bytes.length);
            return stored;
        }
    }

    /**
     * Remembers a head that was just read or written.
     *
     * @param bytes how long its document is
     */
    public void remember(DeploymentKeys keys, StoredDeployment stored, int bytes) {
        heads.asMap()
                .merge(
                        keys.head(),
                        new Remembered(stored, bytes),
                        (old, now) -> old.stored.revision() > now.stored.revision() ? old : now);
    }
}
