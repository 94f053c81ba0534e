package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.nio.file.Path;

/**
 * The folder of this host for temporary files takes no more: its disk is full or fails. The store is not to blame, and
 * nothing was changed there. Freeing room helps, as do another folder (the system property {@code java.io.tmpdir}) and
 * a local cache on another disk.
 */
public final class TemporaryFolderException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final transient Path folder;

    /** An action that failed in a folder, which the message names. */
    public TemporaryFolderException(String action, Path folder, Throwable cause) {
        super(
                ErrorCode.UNAVAILABLE,
                "Cannot %s: the temporary folder '%s' of this host failed (%s), expected room there, another folder (java.io.tmpdir) or a local cache"
                        .formatted(action, folder, cause.getClass().getSimpleName() + ": " + cause.getMessage()),
                cause);
        this.folder = folder;
    }

    /** The folder for temporary files. */
    public Path folder() {
        return folder;
    }
}
