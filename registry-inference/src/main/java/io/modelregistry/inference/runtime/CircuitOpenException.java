package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;

/** Too many requests failed lately, so that none is tried for a while; this one was not computed. */
public final class CircuitOpenException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Refuses a request.
     *
     * @param target what was asked, such as a deployment
     * @param why what failed, with its numbers
     * @param retryAfter when the next request is let through
     */
    public CircuitOpenException(String target, String why, Duration retryAfter) {
        super(
                ErrorCode.UNAVAILABLE,
                "Cannot predict with '%s': %s, expected fewer failures; try again in %s ms"
                        .formatted(target, why, Math.max(1, retryAfter.toMillis())));
        this.retryAfter = retryAfter;
    }

    /** When it may be worth trying again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
