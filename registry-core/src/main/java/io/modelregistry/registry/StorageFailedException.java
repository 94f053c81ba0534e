package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.storage.StorageDeniedException;

/**
 * The store failed before the change was committed, or while reading; the state is as it was.
 *
 * <p>The code is {@link ErrorCode#DENIED} when the store refused the credentials or what they may do (the cause is a
 * {@link StorageDeniedException} then), else {@link ErrorCode#STORAGE}.
 */
public final class StorageFailedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A failed action with the store's own error. */
    public StorageFailedException(String action, Throwable cause) {
        this(action, cause, isDenied(cause) ? Ending.REFUSED : Ending.FAILED);
    }

    private StorageFailedException(String action, Throwable cause, Ending ending) {
        super(ending.code, "Cannot %s: %s".formatted(action, ending.text.formatted(cause.getMessage())), cause);
    }

    private enum Ending {
        REFUSED(ErrorCode.DENIED, "the store refused (%s), expected it to let this process do so"),
        FAILED(ErrorCode.STORAGE, "the store failed (%s), expected it to work");

        private final ErrorCode code;
        private final String text;

        Ending(ErrorCode code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    private static boolean isDenied(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageDeniedException) {
                return true;
            }
        }
        return false;
    }
}
