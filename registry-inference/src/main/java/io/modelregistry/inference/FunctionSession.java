package io.modelregistry.inference;

import io.modelregistry.model.TensorSignature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** A model that is a Java function, for tests and for models written in Java. */
record FunctionSession(TensorSignature signature, UnaryOperator<Tensors> function) implements EngineSession {
    private static final PredictorDescription DESCRIPTION = new PredictorDescription(
            "function", "java", Runtime.version().toString(), LoadOptions.CPU, Precision.UNKNOWN, Map.of(), List.of());

    @Override
    public PredictorDescription description() {
        return DESCRIPTION;
    }

    @Override
    public Tensors run(Tensors inputs, List<String> outputs) {
        Tensors computed = function.apply(inputs);
        Map<String, TensorValue> requested = new LinkedHashMap<>();
        for (String name : outputs) {
            requested.put(
                    name,
                    computed.find(name)
                            .orElseThrow(() -> new PredictionFailedException(
                                    "function", "it gave no output '" + name + "' but " + computed.names(), null)));
        }
        return Tensors.of(requested);
    }

    /** It has nothing outside the heap. */
    @Override
    public OptionalLong memoryBytes() {
        return OptionalLong.of(0);
    }

    @Override
    public void close() {}
}
