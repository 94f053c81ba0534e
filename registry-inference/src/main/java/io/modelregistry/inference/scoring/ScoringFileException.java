package io.modelregistry.inference.scoring;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** The input cannot be read or the output cannot be written; the run can be resumed. */
public final class ScoringFileException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private ScoringFileException(ErrorCode code, String message, IOException cause) {
        super(code, message, cause);
    }

    static ScoringFileException of(String input, IOException e) {
        boolean isInterrupt = e instanceof ClosedByInterruptException || e instanceof InterruptedIOException;
        return isInterrupt
                ? new ScoringFileException(
                        ErrorCode.TIMEOUT,
                        "Cannot score '" + input + "': the thread was interrupted, expected to be let finish",
                        e)
                : new ScoringFileException(
                        ErrorCode.STORAGE,
                        "Cannot score '" + input + "': a file failed ("
                                + e.getClass().getSimpleName() + "), expected an input to read and an output to write",
                        e);
    }
}
