package io.modelregistry.inference.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;

/** A version took too long to load; the load was given up, and what it still brings is closed. */
public final class LoadTimeoutException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Names the version and how long was waited. */
    public LoadTimeoutException(String version, Duration waited) {
        super(
                ErrorCode.TIMEOUT,
                "Cannot load '%s': it was not ready after %s, expected a model that loads in time or a longer limit"
                        .formatted(version, waited));
    }
}
