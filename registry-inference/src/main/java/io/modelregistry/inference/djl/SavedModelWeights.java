package io.modelregistry.inference.djl;

import io.modelregistry.inference.Precision;
import io.modelregistry.model.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** Adds up the weights of a graph, variables and constants, by the format of their numbers. */
final class SavedModelWeights {
    private final Map<String, Long> bytesByType = new HashMap<>();
    private boolean quantized;

    private SavedModelWeights() {}

    static Precision precision(GraphDef graph) {
        SavedModelWeights weights = new SavedModelWeights();
        weights.add(graph.getNodeList());
        for (FunctionDef function : graph.getLibrary().getFunctionList()) {
            weights.add(function.getNodeDefList());
        }
        String largest = weights.bytesByType.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("none");
        return new Precision(largest, weights.quantized);
    }

    private void add(List<NodeDef> nodes) {
        for (NodeDef node : nodes) {
            quantized |= node.getOp().contains("Quantize");
            switch (node.getOp()) {
                case "VarHandleOp", "VariableV2" ->
                    add(node, attribute(node, "shape").getShape());
                case "Const" -> add(node, attribute(node, "value").getTensor().getTensorShape());
                default -> {
                    // Holds no weights.
                }
            }
        }
    }

    private static AttrValue attribute(NodeDef node, String name) {
        return node.getAttrOrDefault(name, AttrValue.getDefaultInstance());
    }

    private void add(NodeDef node, TensorShapeProto shape) {
        DataType known =
                TensorFlowTypes.dataType(attribute(node, "dtype").getType()).orElse(DataType.BYTES);
        long bytes = known.byteSize();
        for (TensorShapeProto.Dim dimension : shape.getDimList()) {
            bytes *= Math.max(dimension.getSize(), 1);
        }
        // Single numbers are axes, sizes and the like.
        if (shape.getDimCount() > 0 && bytes > 0) {
            bytesByType.merge(known.name(), bytes, Long::sum);
        }
    }
}
