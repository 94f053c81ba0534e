package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/**
 * Others kept changing the same document until the time for the call was over; nothing was changed, and it may be tried
 * again.
 */
public final class CommitConflictException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A document that others kept changing. */
    public CommitConflictException(String what, int attempts) {
        super(
                ErrorCode.CONFLICT,
                "Cannot commit to %s: %s attempts lost against other writers, expected less contention; try again"
                        .formatted(what, attempts));
    }
}
