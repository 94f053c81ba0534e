package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Direct memory for the inputs and outputs of one call, with the runtime's tensors over it made once: making them per
 * call costs as much as a small model takes. Used by one thread at a time.
 *
 * <p>It fits inputs of the shapes that it was last bound to. Binding it to others keeps its memory where that is large
 * enough, because direct memory is freed by the garbage collector only, at a time nobody chooses.
 */
final class BoundContext implements AutoCloseable {
    private final OrtEnvironment environment;
    private final TensorSignature signature;
    private final String[] inputNames;
    private final ByteBuffer[] inputMemory;
    private final ByteBuffer[] outputMemory;
    private final ByteBuffer[] inputViews;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    private final Map<String, Tensor> outputs = new LinkedHashMap<>();
    private Tensor[] pinnedMemory = new Tensor[0];

    /** The shapes it is bound to; replaced as a whole, because other threads look at it in the pool. */
    private volatile long[][] inputSizes = new long[0][];

    BoundContext(OrtEnvironment environment, TensorSignature signature) {
        this.environment = environment;
        this.signature = signature;
        this.inputNames = signature.inputs().stream().map(TensorSpec::name).toArray(String[]::new);
        this.inputMemory = empty(inputNames.length);
        this.inputViews = empty(inputNames.length);
        this.outputMemory = empty(signature.outputs().size());
    }

    private static ByteBuffer[] empty(int count) {
        ByteBuffer[] buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = OnnxValues.direct(0);
        }
        return buffers;
    }

    /**
     * Makes the runtime's tensors for inputs of these shapes.
     *
     * @param outputSizes the shapes of the outputs that get memory here; the runtime allocates the others
     */
    void bind(Tensors given, Map<String, long[]> outputSizes) throws OrtException {
        close();
        long[][] sizes = new long[inputNames.length][];
        for (int i = 0; i < sizes.length; i++) {
            Tensor tensor = given.get(inputNames[i]);
            sizes[i] = tensor.shape();
            inputMemory[i] = grown(inputMemory[i], tensor.byteSize());
            inputViews[i] = view(inputMemory[i], tensor.byteSize());
            inputs.put(inputNames[i], OnnxValues.create(environment, tensor.type(), sizes[i], inputViews[i]));
        }
        for (int i = 0; i < outputMemory.length; i++) {
            TensorSpec output = signature.outputs().get(i);
            long[] shape = outputSizes.get(output.name());
            if (shape != null) {
                pin(i, output.name(), output.type(), shape);
            }
        }
        pinnedMemory = outputs.values().toArray(Tensor[]::new);
        inputSizes = sizes;
    }

    private void pin(int position, String name, DataType type, long[] shape) throws OrtException {
        int bytes = Tensor.byteSize(type, shape);
        outputMemory[position] = grown(outputMemory[position], bytes);
        ByteBuffer view = view(outputMemory[position], bytes);
        pinned.put(name, OnnxValues.create(environment, type, shape, view));
        outputs.put(name, Tensor.wrap(type, shape, view));
    }

    private static ByteBuffer grown(ByteBuffer memory, int bytes) {
        if (memory.capacity() >= bytes) {
            return memory;
        }
        // Room for somewhat larger shapes next time, without doubling what is large.
        return OnnxValues.direct((int) Math.min(Integer.MAX_VALUE - 64L, bytes + (long) bytes / 8 + 64));
    }

    private static ByteBuffer view(ByteBuffer memory, int bytes) {
        return memory.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The direct memory that this context holds. */
    long bytes() {
        long bytes = 0;
        for (ByteBuffer memory : inputMemory) {
            bytes += memory.capacity();
        }
        for (ByteBuffer memory : outputMemory) {
            bytes += memory.capacity();
        }
        return bytes;
    }

    /** Whether it is bound to inputs of these shapes. */
    boolean fits(Tensors given) {
        long[][] sizes = inputSizes;
        if (sizes.length != inputNames.length) {
            return false;
        }
        for (int i = 0; i < sizes.length; i++) {
            if (!given.get(inputNames[i]).hasShape(sizes[i])) {
                return false;
            }
        }
        return true;
    }

    void fill(Tensors given) {
        for (int i = 0; i < inputNames.length; i++) {
            given.get(inputNames[i]).copyTo(inputViews[i]);
        }
    }

    /** The runtime's view of the inputs. */
    Map<String, OnnxTensor> inputs() {
        return inputs;
    }

    /** The runtime's view of all outputs that have memory here. */
    Map<String, OnnxTensor> pinned() {
        return pinned;
    }

    /** The runtime's view of some outputs, those that have memory here. */
    Map<String, OnnxTensor> pinned(List<String> names) {
        Map<String, OnnxTensor> some = new LinkedHashMap<>();
        for (String name : names) {
            OnnxTensor tensor = pinned.get(name);
            if (tensor != null) {
                some.put(name, tensor);
            }
        }
        return some;
    }

    /** Copies all outputs that have memory here, in the order of the signature. */
    TensorValue[] copyOutputs() {
        TensorValue[] copies = new TensorValue[pinnedMemory.length];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = pinnedMemory[i].copy();
        }
        return copies;
    }

    /** Copies an output that has memory here. */
    Tensor copyOutput(String name) {
        return output(name).copy();
    }

    /** Whether the output has memory here and the caller's tensor its exact shape. */
    boolean canCopyTo(String name, Tensor target) {
        Tensor memory = outputs.get(name);
        return memory != null && memory.hasShapeOf(target);
    }

    void copyOutputTo(String name, Tensor target) {
        target.writeFrom(output(name));
    }

    private Tensor output(String name) {
        Tensor memory = outputs.get(name);
        if (memory == null) {
            throw new IllegalStateException("Output '" + name + "' has no memory here");
        }
        return memory;
    }

    /** Gives the runtime's tensors back; the memory stays until the collector takes it. */
    @Override
    public void close() {
        inputSizes = new long[0][];
        inputs.values().forEach(OnnxTensor::close);
        pinned.values().forEach(OnnxTensor::close);
        inputs.clear();
        pinned.clear();
        outputs.clear();
    }
}
