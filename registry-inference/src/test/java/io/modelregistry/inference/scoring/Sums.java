package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.function.Consumer;

/** A model in Java that adds up two numbers, and refuses -13. */
final class Sums {
    static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[batch,2]"), TensorSpec.parse("sum FP32[batch]"));

    private Sums() {}

    static Predictor predictor() {
        return predictor(in -> {});
    }

    /** One that calls the action before each call of the engine. */
    static Predictor predictor(Consumer<Tensors> before) {
        return Predictors.of(SIGNATURE, in -> {
            before.accept(in);
            return sum(in);
        });
    }

    static Tensors row(float a, float b) {
        return Tensors.of("x", new float[][] {{a, b}});
    }

    private static Tensors sum(Tensors in) {
        float[] x = in.get("x").floats();
        float[] sums = new float[x.length / 2];
        for (int i = 0; i < sums.length; i++) {
            if (x[2 * i] == -13f) {
                throw new IllegalStateException("poisoned");
            }
            sums[i] = x[2 * i] + x[2 * i + 1];
        }
        return Tensors.of("sum", sums);
    }
}
