package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** A file that was to be registered cannot be: it is missing, unreadable, too large, or changed while it was read. */
public final class InvalidArtifactException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A refused file, by the name the caller gave it. */
    public InvalidArtifactException(String file, String why, String expected, @Nullable Throwable cause) {
        super(ErrorCode.INVALID, "Cannot register file '%s': %s, expected %s".formatted(file, why, expected), cause);
    }
}
