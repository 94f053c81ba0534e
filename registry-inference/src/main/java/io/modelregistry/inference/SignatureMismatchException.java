package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The declared signature contradicts what the model file itself says. */
public final class SignatureMismatchException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String declared;
    private final String actual;

    /**
     * Names both sides of one difference.
     *
     * @param model the model that was to be loaded
     * @param declared what the manifest or the caller says, such as {@code input FP32[batch,64]}
     * @param actual what the model says in its place
     */
    public SignatureMismatchException(String model, String declared, String actual) {
        super(
                ErrorCode.LOAD_FAILED,
                "Cannot load model '%s': its declared signature says %s but the model itself has %s, expected both to agree"
                        .formatted(model, declared, actual));
        this.declared = declared;
        this.actual = actual;
    }

    /** What the manifest or the caller says. */
    public String declared() {
        return declared;
    }

    /** What the model says in its place. */
    public String actual() {
        return actual;
    }
}
