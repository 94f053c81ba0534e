package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The store failed before the change was committed, or while reading; the state is as it was. */
public final class StorageFailedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A failed action with the store's own error. */
    public StorageFailedException(String action, Throwable cause) {
        super(
                ErrorCode.STORAGE,
                "Cannot %s: the store failed (%s), expected it to work".formatted(action, cause.getMessage()),
                cause);
    }
}
