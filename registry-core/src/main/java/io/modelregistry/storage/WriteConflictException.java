package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/** The condition of a write did not hold; nothing was written by the call. */
public final class WriteConflictException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name. */
    public WriteConflictException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
