package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * A version cannot be exported: the server of that layout cannot run it ({@link ErrorCode#UNSUPPORTED}), its files do
 * not say which one to load ({@link ErrorCode#INVALID}), something else is at the target
 * ({@link ErrorCode#ALREADY_EXISTS}), or the target cannot be written ({@link ErrorCode#STORAGE}). Nothing is left at
 * the target that was not there before.
 */
public final class ExportException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** A refused or failed export. */
    public ExportException(ErrorCode code, String what, String why, @Nullable Throwable cause) {
        super(code, "Cannot export " + what + ": " + why, cause);
    }
}
