package io.modelregistry.model;

import java.util.Objects;
import java.util.Optional;

/**
 * What a version takes and gives: on the level of the application as JSON Schema, on the level of the engine as
 * tensors.
 *
 * @param input the schema of an input, if declared
 * @param output the schema of an output, if declared
 * @param signature the tensors, if declared
 */
public record ModelInterface(
        Optional<JsonSchema> input, Optional<JsonSchema> output, Optional<TensorSignature> signature) {
    /** Nothing is declared: only the model itself knows. */
    public static final ModelInterface UNDECLARED =
            new ModelInterface(Optional.empty(), Optional.empty(), Optional.empty());

    /** Checks for nulls. */
    public ModelInterface {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(signature, "signature");
    }

    /** The same with another input schema. */
    public ModelInterface withInput(JsonSchema schema) {
        return new ModelInterface(Optional.of(schema), output, signature);
    }

    /** The same with another output schema. */
    public ModelInterface withOutput(JsonSchema schema) {
        return new ModelInterface(input, Optional.of(schema), signature);
    }

    /** The same with another tensor signature. */
    public ModelInterface withSignature(TensorSignature tensors) {
        return new ModelInterface(input, output, Optional.of(tensors));
    }
}
