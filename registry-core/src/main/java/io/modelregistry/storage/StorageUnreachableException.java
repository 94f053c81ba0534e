package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/**
 * The store did not answer: it could not be reached, or not in time. For a read; a write whose reply did not come is a
 * {@link WriteOutcomeUnknownException}.
 */
public final class StorageUnreachableException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name; the key is null when the failure is not about one. */
    public StorageUnreachableException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
