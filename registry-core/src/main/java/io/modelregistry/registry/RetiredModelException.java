package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;

/** The model was retired and takes no such change; nothing was changed. */
public final class RetiredModelException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A change that a retired model does not take. */
    public RetiredModelException(String action, ModelName name) {
        super(
                ErrorCode.ILLEGAL_TRANSITION,
                "Cannot %s '%s': the model is retired, expected an active model; restore it first"
                        .formatted(action, name));
    }
}
