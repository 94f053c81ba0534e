package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.modelregistry.inference.Tensor;
import io.modelregistry.model.DataType;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Makes tensors of UINT16, UINT32 and UINT64, which the runtime's Java interface cannot: it lets the runtime itself
 * cast them, in a model of one operator, from the next wider signed type.
 */
final class UnsignedInputs implements AutoCloseable {
    private static final Set<DataType> TYPES = Set.of(DataType.UINT16, DataType.UINT32, DataType.UINT64);
    private static final int INT32 = 6;
    private static final int INT64 = 7;

    private final OrtEnvironment environment;
    private final SessionOptions options = new SessionOptions();
    private final Map<DataType, OrtSession> casts = new EnumMap<>(DataType.class);

    /** Prepares the casts to these types. */
    UnsignedInputs(OrtEnvironment environment, Set<DataType> types) throws OrtException {
        this.environment = environment;
        try {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            for (DataType type : types) {
                casts.put(type, environment.createSession(castModel(type), options));
            }
        } catch (OrtException e) {
            close();
            throw e;
        }
    }

    /** Whether tensors of this type have to be made here. */
    static boolean needs(DataType type) {
        return TYPES.contains(type);
    }

    /** A result with one tensor of this type and these elements; the caller closes it after use. */
    OrtSession.Result make(Tensor tensor) throws OrtException {
        OrtSession cast = casts.get(tensor.type());
        if (cast == null) {
            throw new OrtException("no cast to " + tensor.type() + " was prepared");
        }
        long[] elements = tensor.longs();
        boolean narrow = tensor.type() == DataType.UINT16;
        ByteBuffer buffer = OnnxValues.direct(elements.length * (narrow ? 4 : 8));
        for (int i = 0; i < elements.length; i++) {
            if (narrow) {
                buffer.putInt(i * 4, (int) elements[i]);
            } else {
                buffer.putLong(i * 8, elements[i]);
            }
        }
        DataType wide = narrow ? DataType.INT32 : DataType.INT64;
        try (OnnxTensor signed = OnnxValues.create(environment, wide, tensor.shape(), buffer)) {
            return cast.run(Map.of("x", signed));
        }
    }

    /** The bytes of an ONNX model with the one operator {@code y = Cast(x)}. */
    private static byte[] castModel(DataType to) {
        int from = to == DataType.UINT16 ? INT32 : INT64;
        int target = switch (to) {
            case UINT16 -> 4;
            case UINT32 -> 12;
            default -> 13;
        };
        ProtobufWriter attribute =
                new ProtobufWriter().text(1, "to").number(3, target).number(20, 2);
        ProtobufWriter node =
                new ProtobufWriter().text(1, "x").text(2, "y").text(4, "Cast").message(5, attribute);
        ProtobufWriter graph = new ProtobufWriter()
                .message(1, node)
                .text(2, "cast")
                .message(11, value("x", from))
                .message(12, value("y", target));
        ProtobufWriter operators = new ProtobufWriter().number(2, 13);
        return new ProtobufWriter()
                .number(1, 8)
                .message(7, graph)
                .message(8, operators)
                .bytes();
    }

    private static ProtobufWriter value(String name, int elementType) {
        ProtobufWriter tensorType = new ProtobufWriter().number(1, elementType);
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensorType));
    }

    @Override
    public void close() {
        for (OrtSession cast : casts.values()) {
            OnnxLoader.closeQuietly(cast);
        }
        casts.clear();
        options.close();
    }
}
