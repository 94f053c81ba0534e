package io.modelregistry.inference.deployment;

import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.Precision;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.onnx.TellingModels;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Serves without a store, and with one mistake or none; a swap waits until nobody predicts. */
final class CarelessSubject implements SwapSubject {
    private static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[batch,64]"), TensorSpec.parse("y FP32[batch,10]"));

    private static final long LOAD_NANOS = 1_000_000;

    private final Defect defect;
    private final SessionCount sessions = new SessionCount();

    /** Fair, or the clients would keep a swap waiting for ever. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

    private volatile boolean isSwapping;
    private volatile Loaded loaded;

    /** What it does wrong, and how that is reported. */
    enum Defect {
        NONE(""),
        /** The old session is closed as soon as the next one is there. */
        CLOSES_UNDER_RUNNING_CALLS("closed"),
        /** Between the old and the next version requests are refused. */
        REFUSES_DURING_A_SWAP("a request failed"),
        /** The answer says which version serves, not which one gave it. */
        NAMES_THE_PRESENT_VERSION("an answer is not that of version"),
        /** A swap returns before the next version serves. */
        SWAPS_LATER("answered a request between the end of swap"),
        /** Each row of a batch is computed by what serves at that moment. */
        SPLITS_BATCHES("two versions in one batch"),
        /** Old sessions stay open. */
        FORGETS_TO_CLOSE("expected 1 to be open"),
        /** Requests without a thread that waits are lost when a swap comes. */
        LOSES_FUTURES("a future failed");

        final String report;

        Defect(String report) {
            this.report = report;
        }
    }

    private record Loaded(int version, EngineSession session) {}

    /** A session that takes its time, so that others get in between. */
    private record Slow(int version) implements EngineSession {
        @Override
        public TensorSignature signature() {
            return SIGNATURE;
        }

        @Override
        public PredictorDescription description() {
            return new PredictorDescription("slow", "slow", "1", "cpu", Precision.UNKNOWN, Map.of(), List.of());
        }

        @Override
        public Tensors run(Tensors inputs, List<String> outputs) {
            Thread.yield();
            float[][] y = new float[1][TellingModels.OUTPUTS];
            y[0][0] = version + 10 * inputs.get("x").floatAt(0, 0);
            return Tensors.of("y", y);
        }

        @Override
        public void close() {}
    }

    CarelessSubject(Defect defect) {
        this.defect = defect;
        loaded = load(0);
    }

    private Loaded load(int version) {
        return new Loaded(version, CountingProvider.watch(new Slow(version), sessions));
    }

    @Override
    public int versions() {
        return 5;
    }

    @Override
    public float[] expected(int version, Tensors row) {
        return new Slow(version).run(row, List.of()).get("y").floats();
    }

    private Answer compute(Loaded now, Tensors row) {
        float[] values = now.session.run(row, List.of()).get("y").floats();
        return new Answer(defect == Defect.NAMES_THE_PRESENT_VERSION ? loaded.version : now.version, values);
    }

    private List<Answer> compute(List<Tensors> rows) {
        Loaded first = loaded;
        return rows.stream()
                .map(row -> compute(defect == Defect.SPLITS_BATCHES ? loaded : first, row))
                .toList();
    }

    private boolean isUnguarded() {
        return switch (defect) {
            case CLOSES_UNDER_RUNNING_CALLS, NAMES_THE_PRESENT_VERSION, SPLITS_BATCHES -> true;
            case NONE, REFUSES_DURING_A_SWAP, SWAPS_LATER, FORGETS_TO_CLOSE, LOSES_FUTURES -> false;
        };
    }

    @Override
    public Answer predict(Tensors row) {
        if (isUnguarded()) {
            return compute(loaded, row);
        }
        if (isSwapping && defect == Defect.REFUSES_DURING_A_SWAP) {
            throw new RegistryException(ErrorCode.UNAVAILABLE, "Cannot predict: a swap is under way");
        }
        lock.readLock().lock();
        try {
            return compute(loaded, row);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public CompletableFuture<Answer> predictAsync(Tensors row) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        int version = loaded.version;
        ForkJoinPool.commonPool().execute(() -> {
            if (defect != Defect.LOSES_FUTURES || version == loaded.version) {
                complete(result, row);
            }
        });
        return result;
    }

    private void complete(CompletableFuture<Answer> result, Tensors row) {
        try {
            result.complete(predict(row));
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    @Override
    public List<Answer> predictBatch(List<Tensors> rows) {
        if (isUnguarded()) {
            return compute(rows);
        }
        lock.readLock().lock();
        try {
            return compute(rows);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void swap(int version) {
        Loaded old = loaded;
        Loaded next = load(version);
        // As a load takes its time: otherwise so many swaps would fall into one request that any version may answer it.
        LockSupport.parkNanos(LOAD_NANOS);
        switch (defect) {
            case CLOSES_UNDER_RUNNING_CALLS -> {
                loaded = next;
                old.session.close();
            }
            case NAMES_THE_PRESENT_VERSION, SPLITS_BATCHES -> loaded = next;
            case SWAPS_LATER -> ForkJoinPool.commonPool().execute(() -> replace(old, next));
            case NONE, REFUSES_DURING_A_SWAP, FORGETS_TO_CLOSE, LOSES_FUTURES -> replace(old, next);
        }
    }

    private void replace(Loaded old, Loaded next) {
        isSwapping = true;
        lock.writeLock().lock();
        try {
            loaded = next;
            if (defect != Defect.FORGETS_TO_CLOSE) {
                old.session.close();
            }
        } finally {
            isSwapping = false;
            lock.writeLock().unlock();
        }
    }

    @Override
    public SessionCount sessions() {
        return sessions;
    }

    @Override
    public void close() {
        loaded.session.close();
    }
}
