package io.modelregistry.inference.onnx;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.modelregistry.model.DataType;
import io.modelregistry.model.Dimension;
import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSpec;
import io.modelregistry.model.ValueStructure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Translates the runtime's descriptions of types and shapes. */
final class OnnxTypes {
    private OnnxTypes() {}

    /** Empty for complex numbers, 8-bit floats and whatever else cannot be exchanged. */
    static Optional<DataType> dataType(OnnxTensorType type) {
        return Optional.ofNullable(
                switch (type) {
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BF16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
                    default -> null;
                });
    }

    /** How the runtime's Java interface calls a type; empty where it cannot make such a tensor. */
    static Optional<OnnxJavaType> javaType(DataType type) {
        return Optional.ofNullable(
                switch (type) {
                    case BOOL -> OnnxJavaType.BOOL;
                    case UINT8 -> OnnxJavaType.UINT8;
                    case INT8 -> OnnxJavaType.INT8;
                    case INT16 -> OnnxJavaType.INT16;
                    case INT32 -> OnnxJavaType.INT32;
                    case INT64 -> OnnxJavaType.INT64;
                    case FP16 -> OnnxJavaType.FLOAT16;
                    case BF16 -> OnnxJavaType.BFLOAT16;
                    case FP32 -> OnnxJavaType.FLOAT;
                    case FP64 -> OnnxJavaType.DOUBLE;
                    case BYTES -> OnnxJavaType.STRING;
                    case UINT16, UINT32, UINT64 -> null;
                });
    }

    /** The specification of an input or output; empty if its type cannot be exchanged. */
    static Optional<TensorSpec> spec(NodeInfo node, boolean rankKnown) {
        // A caller's literal is interned too: looking it up then compares two pointers.
        String name = node.getName().intern();
        if (node.getInfo() instanceof TensorInfo tensor) {
            Shape shape = rankKnown || tensor.getShape().length > 0 ? shape(tensor) : Shape.UNKNOWN_RANK;
            return dataType(tensor.onnxType).map(type -> TensorSpec.of(name, type, shape));
        }
        if (node.getInfo() instanceof MapInfo map) {
            ValueStructure structure =
                    map.keyType == OnnxJavaType.STRING ? ValueStructure.STRING_MAP : ValueStructure.INTEGER_MAP;
            return valueType(map.valueType).map(type -> TensorSpec.of(name, structure, type));
        }
        if (node.getInfo() instanceof SequenceInfo sequence) {
            if (!sequence.isSequenceOfMaps()) {
                return valueType(sequence.sequenceType).map(type -> TensorSpec.of(name, ValueStructure.SEQUENCE, type));
            }
            ValueStructure structure = sequence.mapInfo.keyType == OnnxJavaType.STRING
                    ? ValueStructure.SEQUENCE_OF_STRING_MAPS
                    : ValueStructure.SEQUENCE_OF_INTEGER_MAPS;
            return valueType(sequence.mapInfo.valueType).map(type -> TensorSpec.of(name, structure, type));
        }
        return Optional.empty();
    }

    private static Optional<DataType> valueType(OnnxJavaType type) {
        return dataType(OnnxTensorType.mapFromJavaType(type));
    }

    private static Shape shape(TensorInfo tensor) {
        long[] sizes = tensor.getShape();
        String[] symbols = tensor.getDimensionNames();
        List<Dimension> dimensions = new ArrayList<>(sizes.length);
        for (int i = 0; i < sizes.length; i++) {
            boolean named = sizes[i] < 0 && Dimension.isSymbol(symbols[i]);
            dimensions.add(named ? Dimension.dynamic(symbols[i]) : Dimension.of(Math.max(sizes[i], Dimension.DYNAMIC)));
        }
        return Shape.of(dimensions);
    }
}
