package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;

/** More is asked for than can be served at the moment; the request was not computed. */
public final class OverloadedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Refuses a request.
     *
     * @param target what was asked, such as a deployment
     * @param why which limit was reached, with its numbers
     * @param retryAfter when it may be worth trying again
     */
    public OverloadedException(String target, String why, Duration retryAfter) {
        super(
                ErrorCode.OVERLOADED,
                "Cannot predict with '%s': %s, expected fewer requests at once; try again in %s ms"
                        .formatted(target, why, Math.max(1, retryAfter.toMillis())));
        this.retryAfter = retryAfter;
    }

    /** When it may be worth trying again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
