package io.modelregistry.inference.djl;

import io.modelregistry.model.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** DJL's names for element types in ours, as far as its PyTorch engine knows them. */
final class TorchScriptTypes {
    private TorchScriptTypes() {}

    static Optional<ai.djl.ndarray.types.DataType> toDjl(DataType type) {
        return Optional.ofNullable(
                switch (type) {
                    case BOOL -> ai.djl.ndarray.types.DataType.BOOLEAN;
                    case UINT8 -> ai.djl.ndarray.types.DataType.UINT8;
                    case INT8 -> ai.djl.ndarray.types.DataType.INT8;
                    case INT32 -> ai.djl.ndarray.types.DataType.INT32;
                    case INT64 -> ai.djl.ndarray.types.DataType.INT64;
                    case FP16 -> ai.djl.ndarray.types.DataType.FLOAT16;
                    case BF16 -> ai.djl.ndarray.types.DataType.BFLOAT16;
                    case FP32 -> ai.djl.ndarray.types.DataType.FLOAT32;
                    case FP64 -> ai.djl.ndarray.types.DataType.FLOAT64;
                    case INT16, UINT16, UINT32, UINT64, BYTES -> null;
                });
    }

    static Optional<DataType> fromDjl(ai.djl.ndarray.types.DataType type) {
        return known().stream()
                .filter(known -> toDjl(known).filter(type::equals).isPresent())
                .findFirst();
    }

    /** The types that can be exchanged. */
    static List<DataType> known() {
        return Arrays.stream(DataType.values())
                .filter(type -> toDjl(type).isPresent())
                .toList();
    }
}
