package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * The change may or may not have been committed, or may still be: read the model to find out; never clean up after it.
 */
public final class OutcomeUnknownException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** An action whose reply was lost and could not be read back. */
    public OutcomeUnknownException(String action, @Nullable Throwable cause) {
        super(
                ErrorCode.OUTCOME_UNKNOWN,
                "Cannot tell whether to %s succeeded: the store gave no answer, expected a reply; read the model to find out"
                        .formatted(action),
                cause);
    }
}
