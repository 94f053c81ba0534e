package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/** The node was closed. */
public final class StorageClosedException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name. */
    public StorageClosedException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
