package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The registry, or something that it handed out, was closed. */
public final class RegistryClosedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** An action on something closed. */
    public RegistryClosedException(String action) {
        super(ErrorCode.CLOSED, "Cannot %s: it is closed, expected an open one".formatted(action));
    }
}
