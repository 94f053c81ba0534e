package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** The engine failed on an input that fits the signature. */
public final class PredictionFailedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String model;

    /**
     * Describes a failed prediction.
     *
     * @param model the model that was asked
     * @param why what the engine says
     * @param cause the engine's failure, if there was one
     */
    public PredictionFailedException(String model, String why, @Nullable Throwable cause) {
        super(
                ErrorCode.PREDICTION_FAILED,
                "Cannot predict with model '%s': the engine failed: %s, expected an input that the model can compute"
                        .formatted(model, why),
                cause);
        this.model = model;
    }

    /** The model that was asked. */
    public String model() {
        return model;
    }
}
