package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** A document was written by a newer version of this library, or asks for a protection that this one was not given. */
public final class UnsupportedFormatException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A document that this version of the library must not touch. */
    public UnsupportedFormatException(String key, String why, String expected) {
        super(ErrorCode.UNSUPPORTED, "Cannot use '%s': %s, expected %s".formatted(key, why, expected));
    }
}
