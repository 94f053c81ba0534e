package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The deadline of a request passed before it was computed; the model was not called for it. */
public final class DeadlineExceededException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /**
     * Gives a request up.
     *
     * @param target what was asked, such as a deployment
     * @param waitedNanos how long the request had waited
     */
    public DeadlineExceededException(String target, long waitedNanos) {
        super(
                ErrorCode.TIMEOUT,
                "Cannot predict with '%s': the deadline passed after %s ms of waiting, expected a later deadline or fewer requests at once"
                        .formatted(target, waitedNanos / 1_000_000));
    }
}
