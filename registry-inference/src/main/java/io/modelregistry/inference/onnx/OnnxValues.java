package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorMap;
import io.modelregistry.inference.TensorSequence;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.model.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Copies values between the runtime's memory and tensors. */
final class OnnxValues {
    private OnnxValues() {}

    /** Copies a value out of the runtime; closes the parts that it had to open, not the value itself. */
    static TensorValue read(OnnxValue value) throws OrtException {
        if (value instanceof OnnxTensor tensor) {
            return tensor(tensor);
        }
        if (value instanceof OnnxMap map) {
            return map(map);
        }
        if (value instanceof OnnxSequence sequence) {
            List<? extends OnnxValue> elements = sequence.getValue();
            List<TensorValue> copies = new ArrayList<>(elements.size());
            try {
                for (OnnxValue element : elements) {
                    copies.add(read(element));
                }
            } finally {
                // Closing the result does not close these.
                elements.forEach(OnnxValue::close);
            }
            return new TensorSequence(copies);
        }
        throw new OrtException("an output is a " + value.getType() + ", which has no counterpart here");
    }

    private static Tensor tensor(OnnxTensor value) throws OrtException {
        TensorInfo info = value.getInfo();
        long[] shape = info.getShape();
        DataType type = OnnxTypes.dataType(info.onnxType)
                .orElseThrow(() -> new OrtException("an output has elements of type " + info.onnxType));
        if (type == DataType.BYTES) {
            return info.getNumElements() == 0 ? Tensor.ofStrings(List.of(), shape) : texts(value);
        }
        ByteBuffer copy = value.getByteBuffer().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return Tensor.wrap(type, shape, copy);
    }

    private static Tensor texts(OnnxTensor value) throws OrtException {
        Tensor texts = Tensor.of(value.getValue());
        if (!ExactTexts.wereRead(OrtEnvironment.getEnvironment(), value, texts.strings())) {
            throw new OrtException("an output holds a text with characters beyond U+FFFF, which the runtime's Java"
                    + " interface cannot read; let the model give a number instead");
        }
        return texts;
    }

    private static TensorMap map(OnnxMap value) throws OrtException {
        Map<Object, Object> sorted = new TreeMap<>(value.getValue());
        Object keys = value.getInfo().keyType == OnnxJavaType.STRING
                ? sorted.keySet().toArray(String[]::new)
                : sorted.keySet().stream().mapToLong(key -> (Long) key).toArray();
        return new TensorMap(Tensor.of(keys), Tensor.of(mapValues(value.getInfo().valueType, sorted)));
    }

    private static Object mapValues(OnnxJavaType type, Map<Object, Object> sorted) throws OrtException {
        Object[] boxed = sorted.values().toArray();
        switch (type) {
            case FLOAT -> {
                float[] floats = new float[boxed.length];
                for (int i = 0; i < boxed.length; i++) {
                    floats[i] = (Float) boxed[i];
                }
                return floats;
            }
            case DOUBLE -> {
                return sorted.values().stream()
                        .mapToDouble(number -> (Double) number)
                        .toArray();
            }
            case INT64 -> {
                return sorted.values().stream()
                        .mapToLong(number -> (Long) number)
                        .toArray();
            }
            case STRING -> {
                return sorted.values().toArray(String[]::new);
            }
            default -> throw new OrtException("a map has values of type " + type);
        }
    }

    /**
     * Makes an input for one call: texts are copied into the runtime, a direct tensor is used where it lies, others are
     * copied.
     */
    static OnnxTensor create(OrtEnvironment environment, Tensor tensor) throws OrtException {
        if (tensor.type() == DataType.BYTES) {
            return OnnxTensor.createTensor(environment, tensor.strings().toArray(String[]::new), tensor.shape());
        }
        ByteBuffer buffer;
        // Of a shared byte nobody knows that it is a 0 or a 1.
        if (tensor.isDirect() && tensor.type() != DataType.BOOL) {
            buffer = tensor.data();
        } else {
            buffer = direct(tensor.byteSize());
            tensor.copyTo(buffer);
        }
        return create(environment, tensor.type(), tensor.shape(), buffer);
    }

    /** A tensor of the runtime over a direct little-endian buffer. */
    static OnnxTensor create(OrtEnvironment environment, DataType type, long[] sizes, ByteBuffer buffer)
            throws OrtException {
        OnnxJavaType javaType = OnnxTypes.javaType(type)
                .orElseThrow(() -> new OrtException("the runtime's Java interface has no tensor of " + type));
        return OnnxTensor.createTensor(environment, buffer, sizes, javaType);
    }

    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
