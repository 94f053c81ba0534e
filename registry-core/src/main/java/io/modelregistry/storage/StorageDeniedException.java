package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/**
 * The store answered, and refused: the credentials are wrong, missing or expired, or may not do this. Asking again does
 * not help until somebody changes that.
 */
public class StorageDeniedException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name; the key is null when the failure is not about one. */
    public StorageDeniedException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
