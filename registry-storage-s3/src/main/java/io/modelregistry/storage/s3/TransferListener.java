package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageKey;

/**
 * Hears how large transfers get on. Called by the threads that transfer, one call at a time for one transfer; it has to
 * return soon. What it throws is logged, once for a transfer, and fails nothing.
 */
public interface TransferListener {
    /**
     * Bytes of an object have reached the store.
     *
     * @param bytes how many so far, of the whole object; parts that an earlier try left in the store count
     * @param size of the object
     */
    default void uploaded(StorageKey key, long bytes, long size) {}

    /**
     * Bytes of an object have been read by the caller.
     *
     * @param bytes how many so far
     * @param size of what is read: the object, or the range that was asked for
     */
    default void downloaded(StorageKey key, long bytes, long size) {}
}
