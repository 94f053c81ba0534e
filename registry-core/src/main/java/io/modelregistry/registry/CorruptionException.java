package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * A stored document or file is not what was written: it is damaged, missing, or was changed behind the registry's back.
 */
public final class CorruptionException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /** A damaged object, by its key relative to the registry's root. */
    public CorruptionException(String key, String why, @Nullable Throwable cause) {
        super(
                ErrorCode.UNTRUSTED,
                "Cannot trust '%s': %s, expected the bytes as they were written; restore it from a backup"
                        .formatted(key, why),
                cause);
        this.key = key;
    }

    /** The key of the damaged object, relative to the registry's root. */
    public String key() {
        return key;
    }
}
