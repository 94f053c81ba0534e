package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Direct memory for the inputs and outputs of one call, with the runtime's tensors over it made once: making them per
 * call costs as much as a small model takes. Used by one thread at a time; fits inputs of exactly the shapes that it
 * was made for.
 */
final class BoundContext implements AutoCloseable {
    private final String[] inputNames;
    private final long[][] inputSizes;
    private final ByteBuffer[] inputBuffers;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> outputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    private long bytes;

    private BoundContext(int inputCount) {
        inputNames = new String[inputCount];
        inputSizes = new long[inputCount][];
        inputBuffers = new ByteBuffer[inputCount];
    }

    /**
     * Prepares memory.
     *
     * @param outputSizes the shapes of the outputs that get memory here; the runtime allocates the others
     */
    static BoundContext create(
            OrtEnvironment environment, TensorSignature signature, Tensors given, Map<String, long[]> outputSizes)
            throws OrtException {
        BoundContext context = new BoundContext(signature.inputs().size());
        try {
            for (int i = 0; i < context.inputNames.length; i++) {
                String name = signature.inputs().get(i).name();
                Tensor tensor = given.get(name);
                ByteBuffer buffer = OnnxValues.direct(tensor.byteSize());
                context.bytes += tensor.byteSize();
                context.inputNames[i] = name;
                context.inputSizes[i] = tensor.shape();
                context.inputBuffers[i] = buffer;
                context.inputs.put(name, OnnxValues.create(environment, tensor.type(), tensor.shape(), buffer));
            }
            for (TensorSpec output : signature.outputs()) {
                long[] sizes = outputSizes.get(output.name());
                if (sizes != null) {
                    context.pin(environment, output, sizes);
                }
            }
            return context;
        } catch (OrtException | RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private void pin(OrtEnvironment environment, TensorSpec output, long[] sizes) throws OrtException {
        Tensor memory = Tensor.allocate(output.type(), sizes);
        bytes += memory.byteSize();
        pinned.put(output.name(), OnnxValues.create(environment, output.type(), sizes, memory.sharedData()));
        outputs.put(output.name(), memory);
    }

    /** The direct memory that this context holds. */
    long bytes() {
        return bytes;
    }

    /** Whether these inputs have the shapes that this context was made for. */
    boolean fits(Tensors given) {
        for (int i = 0; i < inputNames.length; i++) {
            if (!given.get(inputNames[i]).hasShape(inputSizes[i])) {
                return false;
            }
        }
        return true;
    }

    void fill(Tensors given) {
        for (int i = 0; i < inputNames.length; i++) {
            given.get(inputNames[i]).copyTo(inputBuffers[i]);
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

    /** The names of outputs that the runtime has to allocate. */
    List<String> unpinned(List<String> names) {
        List<String> rest = new ArrayList<>();
        for (String name : names) {
            if (!pinned.containsKey(name)) {
                rest.add(name);
            }
        }
        return rest;
    }

    /** Copies an output that has memory here. */
    Tensor copyOutput(String name) {
        return memory(name).copy();
    }

    /** Whether the output has memory here and the caller's tensor its exact shape. */
    boolean canCopyTo(String name, Tensor target) {
        Tensor memory = outputs.get(name);
        return memory != null && memory.hasShapeOf(target);
    }

    void copyOutputTo(String name, Tensor target) {
        target.writeFrom(memory(name));
    }

    private Tensor memory(String name) {
        Tensor memory = outputs.get(name);
        if (memory == null) {
            throw new IllegalStateException("Output '" + name + "' has no memory here");
        }
        return memory;
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        pinned.values().forEach(OnnxTensor::close);
        inputs.clear();
        pinned.clear();
    }
}
