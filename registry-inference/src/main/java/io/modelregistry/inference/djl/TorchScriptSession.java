package io.modelregistry.inference.djl;

import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript model that DJL has loaded. One native module serves all threads.
 *
 * <p>DJL's predictors are not thread-safe, but the module behind them is: each call has its own scope of native memory.
 */
final class TorchScriptSession implements EngineSession {
    private final Model model;
    private final Block block;
    private final NDManager memory;
    private final ParameterStore parameters;
    private final TensorSignature signature;
    private final PredictorDescription description;

    TorchScriptSession(Model model, TensorSignature signature, PredictorDescription description) {
        this.model = model;
        this.block = model.getBlock();
        this.memory = model.getNDManager();
        this.parameters = new ParameterStore(memory, false);
        this.signature = signature;
        this.description = description;
    }

    @Override
    public TensorSignature signature() {
        return signature;
    }

    @Override
    public PredictorDescription description() {
        return description;
    }

    @Override
    public Tensors run(Tensors inputs, List<String> outputs) {
        try (NDManager scope = memory.newSubManager()) {
            NDList given = new NDList();
            for (TensorSpec spec : signature.inputs()) {
                given.add(create(scope, inputs.get(spec.name())));
            }
            NDList computed = block.forward(parameters, given, false);
            return read(computed, outputs);
        } catch (EngineException e) {
            String message = String.valueOf(e.getMessage()).strip();
            throw failed(message.lines().findFirst().orElse(message), e);
        }
    }

    /** Always a copy, because a module may write to what it gets. */
    private static NDArray create(NDManager scope, Tensor tensor) {
        ByteBuffer copy = ByteBuffer.allocateDirect(tensor.byteSize()).order(ByteOrder.nativeOrder());
        tensor.copyTo(copy);
        return scope.create(copy, new Shape(tensor.shape()), djlType(tensor.type()));
    }

    private Tensors read(NDList computed, List<String> outputs) {
        List<TensorSpec> specs = signature.outputs();
        if (computed.size() != specs.size()) {
            throw failed("it gave " + computed.size() + " outputs, not the declared " + specs, null);
        }
        List<Tensor> values = new ArrayList<>(outputs.size());
        for (String name : outputs) {
            int position = position(name);
            values.add(read(find(computed, name, position), specs.get(position)));
        }
        return Tensors.of(outputs, values.toArray(TensorValue[]::new));
    }

    private int position(String output) {
        List<TensorSpec> specs = signature.outputs();
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).name().equals(output)) {
                return i;
            }
        }
        throw new IllegalArgumentException("There is no output " + output);
    }

    /** By name if the model returned a dictionary, which alone has names. */
    private NDArray find(NDList computed, String name, int position) {
        if (computed.get(position).getName() == null) {
            return computed.get(position);
        }
        NDArray named = computed.get(name);
        if (named == null) {
            List<String> given = computed.stream().map(NDArray::getName).toList();
            throw failed("it gave no output '" + name + "' but " + given, null);
        }
        return named;
    }

    private Tensor read(NDArray computed, TensorSpec spec) {
        long[] sizes = computed.getShape().getShape();
        if (computed.getDataType() != djlType(spec.type()) || !spec.shape().accepts(sizes)) {
            throw failed(
                    "output '" + spec.name() + "' came as " + computed.getDataType() + Arrays.toString(sizes)
                            + ", not as the declared " + spec,
                    null);
        }
        ByteBuffer copy = computed.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return Tensor.wrap(spec.type(), sizes, copy.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static ai.djl.ndarray.types.DataType djlType(DataType type) {
        return TorchScriptTypes.toDjl(type)
                .orElseThrow(() -> new IllegalArgumentException("PyTorch has no " + type + " here"));
    }

    private PredictionFailedException failed(String why, @Nullable Exception cause) {
        return new PredictionFailedException(description.model(), why, cause);
    }

    @Override
    public void close() {
        model.close();
    }
}
