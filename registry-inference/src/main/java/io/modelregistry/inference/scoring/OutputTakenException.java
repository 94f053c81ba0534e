package io.modelregistry.inference.scoring;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The output belongs to something else than this run: it was not touched. */
public final class OutputTakenException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    OutputTakenException(String output, Reason reason, String why, String expected) {
        super(ErrorCode.ALREADY_EXISTS, "Cannot score into '%s': %s, expected %s".formatted(output, why, expected));
        this.reason = reason;
    }

    /** What it belongs to. */
    public Reason reason() {
        return reason;
    }

    /** What an output may belong to. */
    public enum Reason {
        /** A file that no run wrote, or whose progress file is gone or cannot be read. */
        NOT_A_RUN,
        /** A run over another input, or over one that has changed since. */
        OTHER_INPUT,
        /** A run with another model. */
        OTHER_MODEL,
        /** A run with other options. */
        OTHER_OPTIONS,
        /** A run that is going on, in this process or another one. */
        RUNNING
    }
}
