package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** What it means that the files of a model cannot be read. */
final class UnreadableFiles {
    private UnreadableFiles() {}

    /** The error, which tells an interrupt of the calling thread from a failure. */
    static RegistryException of(String model, IOException e) {
        boolean isInterrupt = e instanceof ClosedByInterruptException || e instanceof InterruptedIOException;
        return isInterrupt
                ? new RegistryException(
                        ErrorCode.TIMEOUT,
                        "Cannot load '" + model + "': the thread was interrupted, expected to be let finish",
                        e)
                : new RegistryException(
                        ErrorCode.STORAGE,
                        "Cannot load '" + model + "': its files cannot be read, expected readable ones",
                        e);
    }
}
