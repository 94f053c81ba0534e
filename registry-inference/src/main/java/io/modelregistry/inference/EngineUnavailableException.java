package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** The engine that would run a model is not on the class path, or its native library does not load on this machine. */
public final class EngineUnavailableException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String engine;

    /**
     * Describes an absent engine.
     *
     * @param model the model that was to be loaded
     * @param engine the id of the engine
     * @param why what is missing
     * @param cause the failure to load it, if there was one
     */
    public EngineUnavailableException(String model, String engine, String why, @Nullable Throwable cause) {
        super(
                ErrorCode.UNAVAILABLE,
                "Cannot load model '%s': engine '%s' is not available: %s, expected the engine's artifact on the class path"
                        .formatted(model, engine, why),
                cause);
        this.engine = engine;
    }

    /** The id of the engine. */
    public String engine() {
        return engine;
    }

    /** False: an engine does not appear in a running process. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
