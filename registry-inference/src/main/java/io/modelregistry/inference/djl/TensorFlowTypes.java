package io.modelregistry.inference.djl;

import io.modelregistry.model.DataType;
import io.modelregistry.model.Dimension;
import io.modelregistry.model.Shape;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.TensorShapeProto;

/** TensorFlow's names for types and shapes in ours. */
final class TensorFlowTypes {
    private TensorFlowTypes() {}

    /** Our type; empty for resources, variants, complex and quantised numbers, which have no counterpart. */
    static Optional<DataType> dataType(org.tensorflow.proto.DataType type) {
        return Optional.ofNullable(
                switch (type) {
                    case DT_BOOL -> DataType.BOOL;
                    case DT_UINT8 -> DataType.UINT8;
                    case DT_UINT16 -> DataType.UINT16;
                    case DT_UINT32 -> DataType.UINT32;
                    case DT_UINT64 -> DataType.UINT64;
                    case DT_INT8 -> DataType.INT8;
                    case DT_INT16 -> DataType.INT16;
                    case DT_INT32 -> DataType.INT32;
                    case DT_INT64 -> DataType.INT64;
                    case DT_HALF -> DataType.FP16;
                    case DT_BFLOAT16 -> DataType.BF16;
                    case DT_FLOAT -> DataType.FP32;
                    case DT_DOUBLE -> DataType.FP64;
                    case DT_STRING -> DataType.BYTES;
                    default -> null;
                });
    }

    /** The number by which TensorFlow's C interface knows a type. */
    static int number(DataType type) {
        return switch (type) {
            case BOOL -> org.tensorflow.proto.DataType.DT_BOOL_VALUE;
            case UINT8 -> org.tensorflow.proto.DataType.DT_UINT8_VALUE;
            case UINT16 -> org.tensorflow.proto.DataType.DT_UINT16_VALUE;
            case UINT32 -> org.tensorflow.proto.DataType.DT_UINT32_VALUE;
            case UINT64 -> org.tensorflow.proto.DataType.DT_UINT64_VALUE;
            case INT8 -> org.tensorflow.proto.DataType.DT_INT8_VALUE;
            case INT16 -> org.tensorflow.proto.DataType.DT_INT16_VALUE;
            case INT32 -> org.tensorflow.proto.DataType.DT_INT32_VALUE;
            case INT64 -> org.tensorflow.proto.DataType.DT_INT64_VALUE;
            case FP16 -> org.tensorflow.proto.DataType.DT_HALF_VALUE;
            case BF16 -> org.tensorflow.proto.DataType.DT_BFLOAT16_VALUE;
            case FP32 -> org.tensorflow.proto.DataType.DT_FLOAT_VALUE;
            case FP64 -> org.tensorflow.proto.DataType.DT_DOUBLE_VALUE;
            case BYTES -> org.tensorflow.proto.DataType.DT_STRING_VALUE;
        };
    }

    static Shape shape(TensorShapeProto shape) {
        if (shape.getUnknownRank()) {
            return Shape.UNKNOWN_RANK;
        }
        List<Dimension> dimensions =
                shape.getDimList().stream().map(TensorFlowTypes::dimension).toList();
        return Shape.of(dimensions);
    }

    private static Dimension dimension(TensorShapeProto.Dim dimension) {
        return dimension.getSize() < 0 && Dimension.isSymbol(dimension.getName())
                ? Dimension.dynamic(dimension.getName())
                : Dimension.of(Math.max(dimension.getSize(), Dimension.DYNAMIC));
    }
}
