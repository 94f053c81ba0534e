package io.modelregistry.internal.schedule;

import io.modelregistry.storage.StorageKey;

/** Hears every change of the store when it has just taken place, on whichever thread; one at a time. */
public interface StoreAudit {
    /**
     * An object was written.
     *
     * @throws PropertyViolation if that must not have happened
     */
    void written(StorageKey key, byte[] bytes);

    /**
     * An object was deleted.
     *
     * @throws PropertyViolation if that must not have happened
     */
    void deleted(StorageKey key);
}
