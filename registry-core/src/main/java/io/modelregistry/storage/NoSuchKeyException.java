package io.modelregistry.storage;

import org.jspecify.annotations.Nullable;

/** There is no object at the key. */
public final class NoSuchKeyException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error at a key, which the message must name. */
    public NoSuchKeyException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(key, message, cause);
    }
}
