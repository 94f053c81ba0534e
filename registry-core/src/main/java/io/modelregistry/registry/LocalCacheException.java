package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The local cache cannot be used, or cannot take what is asked for. Nothing was served from it.
 *
 * <p>The code is {@link ErrorCode#DENIED} when the folder is not safe to trust, {@link ErrorCode#INVALID} when it is
 * not a cache or what is asked for can never fit, and {@link ErrorCode#UNAVAILABLE} when it is full or the disk failed.
 */
public final class LocalCacheException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final transient Path folder;

    /** An error of a cache folder, which the message names; what is expected tells the remedy. */
    public LocalCacheException(ErrorCode code, Path folder, Reason reason, @Nullable Throwable cause) {
        super(
                code,
                "Cannot use the local cache '%s': %s, expected %s".formatted(folder, reason.why, reason.expected),
                cause);
        this.folder = folder;
    }

    /** The folder of the cache. */
    public Path folder() {
        return folder;
    }

    /**
     * What is wrong.
     *
     * @param why what was found
     * @param expected what would be right, and how to come there
     */
    public record Reason(String why, String expected) {}
}
