package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The predictor was closed before this call. */
public final class PredictorClosedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Names the model whose predictor was closed. */
    public PredictorClosedException(String model) {
        super(
                ErrorCode.CLOSED,
                "Cannot predict with model '%s': its predictor is closed, expected an open one".formatted(model));
    }
}
