package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in ONNX Runtime. One native session serves all threads.
 *
 * <p>The fast way copies inputs into a pooled {@link BoundContext} and lets the runtime write into its memory. The
 * other way makes the runtime's tensors for one call: for texts, and for large direct tensors, which are used where
 * they lie.
 */
final class OnnxSession implements EngineSession {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxSession.class);

    /** From here on, wrapping a direct tensor is cheaper than copying it. */
    private static final int LARGE = 64 << 10;

    private final OrtSession session;
    private final SessionOptions options;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final TensorSignature signature;
    private final PredictorDescription description;
    private final List<String> allOutputs;
    private final boolean bindable;
    private final long nativeBytes;
    private final OutputShapes outputShapes;
    private final ContextPool contexts;
    private final @Nullable UnsignedInputs unsignedInputs;

    /** Off once the runtime contradicted the shapes told from the signature. */
    private final AtomicBoolean prepareOutputs;

    OnnxSession(
            OrtSession session,
            SessionOptions options,
            TensorSignature signature,
            PredictorDescription description,
            @Nullable UnsignedInputs unsignedInputs,
            long nativeBytes) {
        this.session = session;
        this.options = options;
        this.signature = signature;
        this.description = description;
        this.unsignedInputs = unsignedInputs;
        this.nativeBytes = nativeBytes;
        this.allOutputs = signature.outputs().stream().map(TensorSpec::name).toList();
        this.bindable = !signature.inputs().isEmpty()
                && unsignedInputs == null
                && signature.inputs().stream().noneMatch(input -> input.type() == DataType.BYTES);
        this.contexts = new ContextPool(environment, signature);
        this.outputShapes = new OutputShapes(signature);
        this.prepareOutputs = new AtomicBoolean(!outputShapes.isEmpty());
    }

    @Override
    public TensorSignature signature() {
        return signature;
    }

    @Override
    public PredictorDescription description() {
        return description;
    }

    /** What the model was told to take, and the direct memory of the contexts, which is counted. */
    @Override
    public OptionalLong memoryBytes() {
        return OptionalLong.of(nativeBytes + contexts.liveBytes());
    }

    @Override
    public Tensors run(Tensors inputs, List<String> outputs) {
        try {
            return bindable && !hasLargeDirect(inputs) ? runBound(inputs, outputs) : runOnce(inputs, outputs);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void runInto(Tensors inputs, Tensors outputs) {
        try {
            if (bindable && !hasLargeDirect(inputs) && !hasLargeDirect(outputs)) {
                runBoundInto(inputs, outputs);
            } else {
                runOnceInto(inputs, outputs);
            }
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private boolean hasLargeDirect(Tensors tensors) {
        for (String name : tensors.names()) {
            if (tensors.value(name) instanceof Tensor tensor && tensor.byteSize() >= LARGE && tensor.isDirect()) {
                return true;
            }
        }
        return false;
    }

    private Tensors runBound(Tensors inputs, List<String> outputs) throws OrtException {
        BoundContext context = context(inputs);
        try {
            return runIn(context, outputs);
        } catch (OrtException e) {
            if (context.pinned().isEmpty()) {
                throw e;
            }
            // Either the input cannot be computed, and then it fails again, or an output has another shape than its
            // signature tells.
            Tensors computed = runOnce(inputs, outputs);
            if (prepareOutputs.compareAndSet(true, false)) {
                contexts.close();
                LOG.info(
                        "Model '{}' gives other output shapes than it declares, from now on without prepared memory",
                        description.model(),
                        e);
            }
            return computed;
        } finally {
            giveBack(context);
        }
    }

    /** A context with prepared outputs is of no use any more once they turned out to have other shapes. */
    private void giveBack(BoundContext context) {
        if (context.pinned().isEmpty() || prepareOutputs.get()) {
            contexts.give(context);
        } else {
            contexts.drop(context);
        }
    }

    private Tensors runIn(BoundContext context, List<String> outputs) throws OrtException {
        if (context.pinned().size() == allOutputs.size() && outputs.equals(allOutputs)) {
            session.run(context.inputs(), Set.of(), context.pinned()).close();
            return Tensors.of(allOutputs, context.copyOutputs());
        }
        Map<String, OnnxTensor> pinned = context.pinned(outputs);
        Set<String> rest = new LinkedHashSet<>(outputs);
        rest.removeAll(pinned.keySet());
        try (OrtSession.Result result = session.run(context.inputs(), rest, pinned)) {
            TensorValue[] values = new TensorValue[outputs.size()];
            for (int i = 0; i < values.length; i++) {
                String name = outputs.get(i);
                values[i] = rest.contains(name) ? read(result, name) : context.copyOutput(name);
            }
            return Tensors.of(outputs, values);
        }
    }

    private void runBoundInto(Tensors inputs, Tensors outputs) throws OrtException {
        BoundContext context = context(inputs);
        try {
            boolean prepared = true;
            for (String name : outputs.names()) {
                prepared &= context.canCopyTo(name, outputs.get(name));
            }
            if (!prepared) {
                runOnceInto(inputs, outputs);
                return;
            }
            boolean all = outputs.size() == context.pinned().size();
            Map<String, OnnxTensor> pinned = all ? context.pinned() : context.pinned(outputs.names());
            session.run(context.inputs(), Set.of(), pinned).close();
            for (String name : outputs.names()) {
                context.copyOutputTo(name, outputs.get(name));
            }
        } finally {
            giveBack(context);
        }
    }

    /** A context for these inputs, filled with them; must be given back to the pool. */
    private BoundContext context(Tensors inputs) throws OrtException {
        BoundContext context = contexts.take(inputs, () -> prepareOutputs.get() ? outputShapes.of(inputs) : Map.of());
        context.fill(inputs);
        return context;
    }

    private Tensors runOnce(Tensors inputs, List<String> outputs) throws OrtException {
        try (CreatedInputs created = new CreatedInputs(environment, unsignedInputs)) {
            created.add(inputs);
            try (OrtSession.Result result = session.run(created.tensors(), new LinkedHashSet<>(outputs))) {
                Map<String, TensorValue> values = new LinkedHashMap<>();
                for (String name : outputs) {
                    values.put(name, read(result, name));
                }
                return Tensors.of(values);
            }
        }
    }

    /** Direct tensors of the caller are written by the runtime itself; the others get a copy. */
    private void runOnceInto(Tensors inputs, Tensors outputs) throws OrtException {
        Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
        Set<String> rest = new LinkedHashSet<>();
        try (CreatedInputs created = new CreatedInputs(environment, unsignedInputs)) {
            created.add(inputs);
            for (String name : outputs.names()) {
                Tensor target = outputs.get(name);
                if (target.isDirect() && OnnxTypes.javaType(target.type()).isPresent()) {
                    pinned.put(
                            name, OnnxValues.create(environment, target.type(), target.shape(), target.sharedData()));
                } else {
                    rest.add(name);
                }
            }
            try (OrtSession.Result result = session.run(created.tensors(), rest, pinned)) {
                for (String name : rest) {
                    copy(name, read(result, name), outputs.get(name));
                }
            }
        } finally {
            pinned.values().forEach(OnnxTensor::close);
        }
    }

    private static TensorValue read(OrtSession.Result result, String name) throws OrtException {
        return OnnxValues.read(
                result.get(name).orElseThrow(() -> new OrtException("it gave no output '" + name + "'")));
    }

    private void copy(String name, TensorValue computed, Tensor target) {
        if (!(computed instanceof Tensor tensor) || tensor.type() != target.type() || !target.hasShapeOf(tensor)) {
            throw new PredictionFailedException(
                    description.model(),
                    "output '" + name + "' came as " + computed + " but the caller's tensor is " + target,
                    null);
        }
        target.writeFrom(tensor);
    }

    private PredictionFailedException failed(OrtException e) {
        return new PredictionFailedException(description.model(), OnnxLoader.words(e), e);
    }

    @Override
    public void close() {
        contexts.close();
        OnnxLoader.closeQuietly(session);
        // The options must outlive the session.
        options.close();
        if (unsignedInputs != null) {
            unsignedInputs.close();
        }
    }
}
