package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/** The store does not accept writes from this process, which may well read. */
public final class StorageReadOnlyException extends StorageDeniedException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name. */
    public StorageReadOnlyException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
