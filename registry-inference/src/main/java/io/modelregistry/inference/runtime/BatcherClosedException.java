package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The batcher was closed before it came to this request; the model was not called for it. */
public final class BatcherClosedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Names what was asked, such as a deployment. */
    public BatcherClosedException(String target) {
        super(
                ErrorCode.CLOSED,
                "Cannot predict with '%s': its queue is closed, expected an open one".formatted(target));
    }
}
