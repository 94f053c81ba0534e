package io.modelregistry.inference;

import java.util.List;
import java.util.Map;

/**
 * How a model is run here.
 *
 * @param model the id of the model, as errors name it
 * @param engine the id of the provider, such as {@code onnxruntime}
 * @param engineVersion the version of the engine; empty if it does not tell
 * @param device where it runs, such as {@code cpu} or {@code cuda:0}
 * @param precision the number format of the weights
 * @param metadata what the model file says about itself, such as its producer and custom entries
 * @param notes what a person should know, such as that {@code auto} fell back to the CPU; empty if nothing
 */
public record PredictorDescription(
        String model,
        String engine,
        String engineVersion,
        String device,
        Precision precision,
        Map<String, String> metadata,
        List<String> notes) {
    /** Copies the collections. */
    public PredictorDescription {
        metadata = Map.copyOf(metadata);
        notes = List.copyOf(notes);
    }

    /** One line, such as {@code digits:1.0.0 on onnxruntime 1.29.0, cpu, FP32}. */
    @Override
    public String toString() {
        String line = "%s on %s %s, %s, %s".formatted(model, engine, engineVersion, device, precision);
        return notes.isEmpty() ? line : line + " (" + String.join("; ", notes) + ")";
    }
}
