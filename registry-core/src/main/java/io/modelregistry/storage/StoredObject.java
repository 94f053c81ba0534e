package io.modelregistry.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * What a node knows about one generation of an object.
 *
 * @param key its address
 * @param size its length in bytes
 * @param etag an opaque mark of this generation: another content has another etag (equal contents may share one). Never
 *     a checksum
 * @param lastModified when it was written, by the store's clock; for people, never for decisions
 */
public record StoredObject(StorageKey key, long size, String etag, Instant lastModified) {
    /** Checks for nulls and a negative size. */
    public StoredObject {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(etag, "etag");
        Objects.requireNonNull(lastModified, "lastModified");
        if (size < 0) {
            throw new IllegalArgumentException("Size of '" + key + "' is negative: " + size);
        }
    }
}
