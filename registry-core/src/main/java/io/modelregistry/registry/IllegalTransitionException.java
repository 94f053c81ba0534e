package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The lifecycle does not allow a move; nothing was changed. */
public final class IllegalTransitionException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A refused move. */
    public IllegalTransitionException(String subject, String why, String expected) {
        super(ErrorCode.ILLEGAL_TRANSITION, "Cannot move '%s': %s, expected %s".formatted(subject, why, expected));
    }
}
