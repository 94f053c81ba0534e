package io.modelregistry.inference;

import java.util.Objects;

/**
 * In which number format a model keeps its weights, as far as its file tells.
 *
 * @param weights the format of most of the weights' bytes, such as {@code FP32}, {@code INT8} or {@code INT4};
 *     {@code none} without weights, {@code unknown} if the file does not say
 * @param quantized whether the model computes with integers that stand for scaled real numbers
 */
public record Precision(String weights, boolean quantized) {
    /** The file does not say. */
    public static final Precision UNKNOWN = new Precision("unknown", false);

    /** Checks that the format is there. */
    public Precision {
        Objects.requireNonNull(weights, "weights");
    }

    /** {@code FP32}, or {@code INT8 (quantized)}. */
    @Override
    public String toString() {
        return quantized ? weights + " (quantized)" : weights;
    }
}
