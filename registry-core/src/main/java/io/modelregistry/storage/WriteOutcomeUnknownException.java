package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/** The store did not say whether it wrote: the caller has to read back. */
public final class WriteOutcomeUnknownException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name. */
    public WriteOutcomeUnknownException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
