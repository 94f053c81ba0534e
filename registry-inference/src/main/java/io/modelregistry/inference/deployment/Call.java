package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.RequestContext;
import java.util.List;
import java.util.Objects;

/**
 * What a caller asks for.
 *
 * @param inputs the inputs
 * @param outputs the outputs that are wanted; empty for all
 * @param context what the caller says besides
 */
record Call(Tensors inputs, List<String> outputs, RequestContext context) {
    /** Refuses null here, where it does not count as a failure of the model. */
    Call {
        Objects.requireNonNull(inputs, "inputs");
        Objects.requireNonNull(outputs, "outputs");
        Objects.requireNonNull(context, "context");
    }
}
