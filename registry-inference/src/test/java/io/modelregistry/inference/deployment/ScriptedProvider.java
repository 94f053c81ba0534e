package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Availability;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Precision;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.PredictorProvider;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An engine for tests: what a version does is set by its id, such as {@code m:1.0.0}. By default it adds to each
 * element the major version, so that an answer says who gave it. Fails when a session is used after it was closed, as a
 * native engine would.
 */
final class ScriptedProvider implements PredictorProvider {
    static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[batch,2]"), TensorSpec.parse("y FP32[batch,2]"));

    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger usedAfterClose = new AtomicInteger();
    private final Map<String, Function<Tensors, Tensors>> behaviours = new ConcurrentHashMap<>();
    private final Map<String, Runnable> loads = new ConcurrentHashMap<>();
    private final Map<String, TensorSignature> signatures = new ConcurrentHashMap<>();

    void behave(String version, Function<Tensors, Tensors> behaviour) {
        behaviours.put(version, behaviour);
    }

    void onLoad(String version, Runnable action) {
        loads.put(version, action);
    }

    void failLoad(String version) {
        loads.put(version, () -> {
            throw new IllegalStateException("dies in load");
        });
    }

    void signature(String version, TensorSignature signature) {
        signatures.put(version, signature);
    }

    static Tensors add(Tensors in, float more) {
        Tensor x = in.get("x");
        float[] values = x.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] += more;
        }
        return Tensors.of("y", Tensor.ofFloats(values, x.shape()));
    }

    int open() {
        return opened.get() - closed.get();
    }

    @Override
    public String id() {
        return "scripted";
    }

    @Override
    public boolean accepts(ModelSource source) {
        return true;
    }

    @Override
    public Availability availability() {
        return Availability.AVAILABLE;
    }

    @Override
    public List<String> devices() {
        return List.of("cpu");
    }

    @Override
    public EngineSession load(ModelSource source, LoadOptions options) {
        String id = source.id();
        try {
            loads.getOrDefault(id, () -> {}).run();
        } catch (IllegalStateException e) {
            throw new ModelLoadException(source, String.valueOf(e.getMessage()), "a model that loads", e);
        }
        opened.incrementAndGet();
        int major = Integer.parseInt(id.substring(id.indexOf(':') + 1, id.indexOf('.')));
        Supplier<Function<Tensors, Tensors>> behaviour = () -> behaviours.getOrDefault(id, in -> add(in, major));
        return new Session(id, signatures.getOrDefault(id, SIGNATURE), behaviour);
    }

    private final class Session implements EngineSession {
        private final String id;
        private final TensorSignature signature;
        private final Supplier<Function<Tensors, Tensors>> behaviour;
        private volatile boolean isClosed;

        Session(String id, TensorSignature signature, Supplier<Function<Tensors, Tensors>> behaviour) {
            this.id = id;
            this.signature = signature;
            this.behaviour = behaviour;
        }

        @Override
        public TensorSignature signature() {
            return signature;
        }

        @Override
        public PredictorDescription description() {
            return new PredictorDescription(id, "scripted", "1", "cpu", Precision.UNKNOWN, Map.of(), List.of());
        }

        @Override
        public Tensors run(Tensors inputs, List<String> outputs) {
            Tensors answer = behaviour.get().apply(inputs);
            if (isClosed) {
                usedAfterClose.incrementAndGet();
            }
            return answer;
        }

        @Override
        public void close() {
            isClosed = true;
            closed.incrementAndGet();
        }
    }

    static Tensors row(float a, float b) {
        return Tensors.of("x", Tensor.copyOf(DataType.FP32, new long[] {1, 2}, bytes(a, b)));
    }

    private static java.nio.ByteBuffer bytes(float a, float b) {
        return java.nio.ByteBuffer.allocate(8)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putFloat(a)
                .putFloat(b)
                .flip();
    }
}
