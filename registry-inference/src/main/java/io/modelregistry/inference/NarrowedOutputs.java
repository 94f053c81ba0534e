package io.modelregistry.inference;

import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Outputs for which somebody declares more than the model itself: only its results can tell whether that is so. */
final class NarrowedOutputs {
    private final String model;
    private final List<TensorSpec> specs;

    private NarrowedOutputs(String model, List<TensorSpec> specs) {
        this.model = model;
        this.specs = specs;
    }

    /** Null if the signature holds by itself, which costs calls nothing. */
    static @Nullable NarrowedOutputs of(String model, TensorSignature signature, TensorSignature own) {
        List<TensorSpec> narrowed = new ArrayList<>();
        for (TensorSpec spec : signature.outputs()) {
            TensorSpec wide = own.findOutput(spec.name()).orElse(spec);
            boolean same = spec.shape().isRankKnown() == wide.shape().isRankKnown()
                    && Arrays.equals(spec.shape().sizes(), wide.shape().sizes());
            if (spec.isTensor() && !same) {
                narrowed.add(spec);
            }
        }
        return narrowed.isEmpty() ? null : new NarrowedOutputs(model, List.copyOf(narrowed));
    }

    /** Refuses results that are not as declared. */
    void check(Tensors computed) {
        for (TensorSpec spec : specs) {
            TensorValue value = computed.lookUp(spec.name());
            if (value instanceof Tensor tensor && !spec.shape().accepts(tensor.sizes())) {
                throw new PredictionFailedException(
                        model,
                        "output '" + spec.name() + "' came as " + tensor + ", not as the declared " + spec,
                        null);
            }
        }
    }
}
