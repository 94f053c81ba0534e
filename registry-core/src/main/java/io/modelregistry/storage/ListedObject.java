package io.modelregistry.storage;

import java.time.Instant;
import java.util.Objects;

/**
 * One row of a listing. It has no etag: a listing must not have to read contents.
 *
 * @param key its address
 * @param size its length in bytes
 * @param lastModified when it was written, by the store's clock
 */
public record ListedObject(StorageKey key, long size, Instant lastModified) {
    /** Checks for nulls. */
    public ListedObject {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(lastModified, "lastModified");
    }
}
