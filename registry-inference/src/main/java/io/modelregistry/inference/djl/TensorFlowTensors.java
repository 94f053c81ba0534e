package io.modelregistry.inference.djl;

import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Tensor;
import io.modelregistry.model.DataType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_TString;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.internal.c_api.global.tensorflow;

/** Copies tensors into and out of TensorFlow's memory, which the caller's {@link PointerScope} frees. */
final class TensorFlowTensors {
    private TensorFlowTensors() {}

    static TF_Tensor create(Tensor tensor) {
        int type = TensorFlowTypes.number(tensor.type());
        if (tensor.type() == DataType.BYTES) {
            return createTexts(type, tensor.shape(), tensor.strings());
        }
        TF_Tensor copy = TF_Tensor.allocateTensor(type, tensor.shape(), tensor.byteSize());
        if (tensor.byteSize() > 0) {
            tensor.copyTo(memory(copy, tensor.byteSize()));
        }
        return copy;
    }

    private static TF_Tensor createTexts(int type, long[] sizes, List<String> texts) {
        int bytes = new TF_TString().sizeof() * texts.size();
        TF_Tensor copy = TF_Tensor.allocateTensor(type, sizes, bytes);
        if (!texts.isEmpty()) {
            TF_TString elements = new TF_TString(tensorflow.TF_TensorData(copy));
            for (int i = 0; i < texts.size(); i++) {
                byte[] text = texts.get(i).getBytes(StandardCharsets.UTF_8);
                try (BytePointer pointer = new BytePointer(text)) {
                    tensorflow.TF_TString_Copy(elements.position(i), pointer, text.length);
                }
            }
        }
        return copy;
    }

    /** Copies an output. */
    static Tensor read(String model, String name, DataType type, TF_Tensor value) {
        long[] sizes = sizes(value);
        if (type == DataType.BYTES) {
            try {
                List<String> texts = readTexts(value);
                return sizes.length == 0 ? Tensor.of(texts.get(0)) : Tensor.ofStrings(texts, sizes);
            } catch (CharacterCodingException e) {
                throw new PredictionFailedException(
                        model,
                        "output '" + name + "' holds bytes that are no UTF-8, and a tensor of texts cannot carry them;"
                                + " let the model give them as base64 (tf.io.encode_base64)",
                        e);
            }
        }
        int bytes = byteSize(model, type, value);
        return Tensor.copyOf(type, sizes, bytes == 0 ? ByteBuffer.allocate(0) : memory(value, bytes));
    }

    /** Copies an output into the caller's tensor; refused if its shape is another. */
    static void readInto(String model, String name, TF_Tensor value, Tensor target) {
        long[] sizes = sizes(value);
        if (!target.hasShape(sizes)) {
            throw new PredictionFailedException(
                    model,
                    "output '" + name + "' came as " + target.type() + Arrays.toString(sizes)
                            + " but the caller's tensor is " + target,
                    null);
        }
        int bytes = byteSize(model, target.type(), value);
        if (bytes > 0) {
            target.sharedData().put(memory(value, bytes));
        }
    }

    private static List<String> readTexts(TF_Tensor value) throws CharacterCodingException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        String[] texts = new String[Math.toIntExact(tensorflow.TF_TensorElementCount(value))];
        if (texts.length > 0) {
            TF_TString elements = new TF_TString(tensorflow.TF_TensorData(value));
            for (int i = 0; i < texts.length; i++) {
                TF_TString element = elements.position(i);
                byte[] text = new byte[Math.toIntExact(tensorflow.TF_TString_GetSize(element))];
                if (text.length > 0) {
                    tensorflow.TF_TString_GetDataPointer(element).get(text);
                }
                texts[i] = decoder.decode(ByteBuffer.wrap(text)).toString();
            }
        }
        return List.of(texts);
    }

    private static long[] sizes(TF_Tensor value) {
        long[] sizes = new long[tensorflow.TF_NumDims(value)];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = tensorflow.TF_Dim(value, i);
        }
        return sizes;
    }

    private static int byteSize(String model, DataType type, TF_Tensor value) {
        long bytes = tensorflow.TF_TensorByteSize(value);
        if (tensorflow.TF_TensorType(value) != TensorFlowTypes.number(type) || bytes > Integer.MAX_VALUE) {
            throw new PredictionFailedException(
                    model,
                    "an output came as type " + tensorflow.TF_TensorType(value) + " with " + bytes + " bytes, not as "
                            + type + " below 2 GiB",
                    null);
        }
        return (int) bytes;
    }

    private static ByteBuffer memory(TF_Tensor tensor, int bytes) {
        Pointer start = tensorflow.TF_TensorData(tensor);
        return start.capacity(bytes).asByteBuffer();
    }
}
