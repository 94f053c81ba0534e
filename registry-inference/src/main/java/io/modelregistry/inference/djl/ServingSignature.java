package io.modelregistry.inference.djl;

import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * One signature of a SavedModel, ordered by name because the file keeps no order.
 *
 * @param tensors names, types and dimensions
 * @param inputs what the graph calls the inputs, such as {@code serving_default_input:0}
 * @param outputs what the graph calls the outputs
 */
record ServingSignature(TensorSignature tensors, List<String> inputs, List<String> outputs) {
    /**
     * Reads a definition.
     *
     * @throws UnsupportedModelException if it has no output, or an input or output is no plain tensor or of a type that
     *     cannot be exchanged
     */
    static ServingSignature read(ModelSource source, SignatureDef definition) {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<TensorSpec> inputSpecs = specs(source, "input", definition.getInputsMap(), inputs);
        List<TensorSpec> outputSpecs = specs(source, "output", definition.getOutputsMap(), outputs);
        if (outputSpecs.isEmpty()) {
            throw new UnsupportedModelException(source, "its signature has no output", "at least one");
        }
        return new ServingSignature(new TensorSignature(inputSpecs, outputSpecs), inputs, outputs);
    }

    private static List<TensorSpec> specs(
            ModelSource source, String side, Map<String, TensorInfo> tensors, List<String> nodes) {
        List<TensorSpec> specs = new ArrayList<>();
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            if (tensor.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
                throw new UnsupportedModelException(
                        source, "its " + side + " '" + name + "' is sparse or composite", "plain tensors");
            }
            DataType type = TensorFlowTypes.dataType(tensor.getDtype())
                    .orElseThrow(() -> new UnsupportedModelException(
                            source,
                            "its " + side + " '" + name + "' is of type " + tensor.getDtype(),
                            "tensors of numbers, booleans or texts"));
            specs.add(TensorSpec.of(name, type, TensorFlowTypes.shape(tensor.getTensorShape())));
            nodes.add(tensor.getName());
        });
        return specs;
    }
}
