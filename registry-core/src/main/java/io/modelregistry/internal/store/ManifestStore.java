package io.modelregistry.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;

/**
 * Reads the sealed documents of published versions, each checked against the digest in the head, and remembers them.
 * Thread-safe.
 */
public final class ManifestStore {
    private static final long REMEMBERED_BYTES = 32L << 20;

    private final StorageNode node;
    private final Cache<Digest, Weighed> sealed = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .weigher((Digest digest, Weighed document) -> document.bytes)
            .build();

    /** Manifests of a store. */
    public ManifestStore(StorageNode node) {
        this.node = node;
    }

    /** The sealed document of a published version. */
    public Sealed read(ModelKeys keys, VersionRow row) {
        Weighed known = sealed.getIfPresent(row.manifest());
        if (known == null) {
            known = load(keys.meta(row.version()), row);
            sealed.put(row.manifest(), known);
        }
        return known.document;
    }

    /** Remembers a sealed document that was just written or read, with its bytes. */
    public void remember(Sealed document, byte[] bytes) {
        sealed.put(Digest.sha256(bytes), new Weighed(document, bytes.length));
    }

    private Weighed load(StorageKey key, VersionRow row) {
        byte[] bytes;
        try {
            bytes = KeptDocuments.readImmutable(
                    node, key, read -> Digest.sha256(read).equals(row.manifest()));
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        } catch (IOException e) {
            throw StoreErrors.of("read the manifest of version '" + row.version() + "'", e);
        }
        if (!Digest.sha256(bytes).equals(row.manifest())) {
            throw new CorruptionException(key.value(), "its bytes do not match the digest in the model's head", null);
        }
        VersionDocument document = StoreErrors.decode(key, bytes, VersionDocumentCodec::decode);
        if (!(document instanceof Sealed read)) {
            throw new CorruptionException(key.value(), "it is not sealed", null);
        }
        return new Weighed(read, bytes.length);
    }

    private record Weighed(Sealed document, int bytes) {}
}
