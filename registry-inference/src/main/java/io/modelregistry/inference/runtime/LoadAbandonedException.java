package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** Nobody waits for this load any more: it took too long, or what it was for has ended. */
public final class LoadAbandonedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Names the model that was to be loaded. */
    public LoadAbandonedException(String model) {
        super(
                ErrorCode.CLOSED,
                "Cannot load model '%s': the load was given up before it ended, expected somebody to wait for it"
                        .formatted(model));
    }
}
