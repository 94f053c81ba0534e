package io.modelregistry.storage;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure of a {@link StorageNode} that knows which key it is about. */
public class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable StorageKey key;

    /** An error at a key, which the message must name; the key is null when the failure is not about one. */
    public StorageException(@Nullable StorageKey key, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.key = key;
    }

    /** The key that the failure is about. */
    public Optional<StorageKey> key() {
        return Optional.ofNullable(key);
    }
}
