package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * The store is not asked, or cannot be reached, and what was asked for is not in the local cache, or would change the
 * store. Nothing was changed.
 */
public final class OfflineException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** What cannot be done without the store. */
    public OfflineException(String action, String why, @Nullable Throwable cause) {
        super(
                ErrorCode.UNAVAILABLE,
                "Cannot %s: the registry is offline and %s, expected a store that can be reached"
                        .formatted(action, why),
                cause);
    }
}
