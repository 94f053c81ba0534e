package io.modelregistry.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What goes into a model and what comes out of it, by name.
 *
 * @param inputs the inputs in the model's order, plain tensors with distinct names; empty for a model that takes none
 * @param outputs the outputs in the model's order, at least one, with distinct names
 */
public record TensorSignature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    /**
     * Copies and checks both lists.
     *
     * @throws InvalidValueException if there is no output, a name occurs twice on one side, or an input is not a plain
     *     tensor
     */
    public TensorSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        requireDistinct("input", inputs);
        requireDistinct("output", outputs);
        if (outputs.isEmpty()) {
            throw new InvalidValueException("tensor signature", inputs.toString(), "it has no output", "at least one");
        }
        for (TensorSpec input : inputs) {
            if (!input.isTensor()) {
                throw new InvalidValueException(
                        "tensor signature", input.toString(), "an input cannot be a list or a map", "a plain tensor");
            }
        }
    }

    /** A signature with one input and one output. */
    public static TensorSignature of(TensorSpec input, TensorSpec output) {
        return new TensorSignature(List.of(input), List.of(output));
    }

    /** The input of this name, if there is one. */
    public Optional<TensorSpec> findInput(String name) {
        return find(inputs, name);
    }

    /** The output of this name, if there is one. */
    public Optional<TensorSpec> findOutput(String name) {
        return find(outputs, name);
    }

    private static Optional<TensorSpec> find(List<TensorSpec> specs, String name) {
        return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    private static void requireDistinct(String side, List<TensorSpec> specs) {
        Set<String> seen = new HashSet<>();
        for (TensorSpec spec : specs) {
            if (!seen.add(spec.name())) {
                throw new InvalidValueException(
                        "tensor signature", spec.name(), "two " + side + "s have this name", "distinct names");
            }
        }
    }

    /** Inputs and outputs: {@code (input FP32[batch,64]) -> (label INT64[batch], probabilities FP32[batch,10])}. */
    @Override
    public String toString() {
        return text(inputs) + " -> " + text(outputs);
    }

    private static String text(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
