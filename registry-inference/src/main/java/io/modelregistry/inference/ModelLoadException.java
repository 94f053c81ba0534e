package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** An engine refused a model: its file is damaged, or the engine cannot run what is in it. */
public final class ModelLoadException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String model;

    /**
     * Describes a model that could not be loaded.
     *
     * @param source the model and the file that was to be loaded
     * @param why what the engine says
     * @param expected what would be accepted
     * @param cause the engine's failure, if there was one
     */
    public ModelLoadException(ModelSource source, String why, String expected, @Nullable Throwable cause) {
        super(
                ErrorCode.LOAD_FAILED,
                "Cannot load model '%s' from file '%s': %s, expected %s"
                        .formatted(source.id(), source.primaryFile(), why, expected),
                cause);
        this.model = source.id();
    }

    /** The model that was to be loaded. */
    public String model() {
        return model;
    }
}
