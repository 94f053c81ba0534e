package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A model that adds two numbers a row, does so only when it is let, and remembers its calls. */
final class Gated implements AutoCloseable {
    static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[batch,2]"), TensorSpec.parse("sum FP32[batch]"));
    static final BatchingOptions ALWAYS =
            BatchingOptions.builder().use(BatchingOptions.Use.ALWAYS).build();

    /** The first column of each call, in order. */
    final List<List<Float>> calls = new CopyOnWriteArrayList<>();

    private final Semaphore gate = new Semaphore(0);
    private final Semaphore inside = new Semaphore(0);
    private final ExecutorService callers = Executors.newCachedThreadPool();
    final Predictor predictor = Predictors.of(SIGNATURE, this::compute);

    private Tensors compute(Tensors in) {
        Tensor x = in.get("x");
        List<Float> rows = new ArrayList<>();
        float[] sums = new float[(int) x.size(0)];
        for (int i = 0; i < sums.length; i++) {
            rows.add(x.floatAt(i, 0));
            sums[i] = x.floatAt(i, 0) + x.floatAt(i, 1);
        }
        calls.add(rows);
        inside.release();
        gate.acquireUninterruptibly();
        if (rows.contains(-13f)) {
            throw new IllegalStateException("poisoned");
        }
        return Tensors.of("sum", sums);
    }

    static Tensors row(float number) {
        return Tensors.of("x", new float[][] {{number, 1}});
    }

    static Tensors rows(int count) {
        float[][] all = new float[count][2];
        for (int i = 0; i < count; i++) {
            all[i] = new float[] {i, 1};
        }
        return Tensors.of("x", all);
    }

    static float sum(Served served) {
        return served.outputs().get("sum").floatAt(0);
    }

    static CompletableFuture<Served> submit(Batcher batcher, float number) {
        return submit(batcher, number, RequestContext.none());
    }

    static CompletableFuture<Served> submit(Batcher batcher, float number, RequestContext context) {
        return batcher.submit(row(number), List.of(), context);
    }

    /** Asks on a thread of its own. */
    CompletableFuture<Served> predict(Batcher batcher, float number, RequestContext context) {
        return CompletableFuture.supplyAsync(() -> batcher.predict(row(number), List.of(), context), callers);
    }

    /** Keeps the only worker inside the model with a request of its own. */
    CompletableFuture<Served> occupy(Batcher batcher) {
        CompletableFuture<Served> first = submit(batcher, 0);
        awaitCall();
        return first;
    }

    /** Waits until a call has begun that nobody has waited for yet. */
    void awaitCall() {
        try {
            assertThat(inside.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void awaitQueued(Batcher batcher, int count) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> batcher.queued() == count);
    }

    /** Lets all calls through. */
    void open() {
        gate.release(1_000_000);
    }

    /** Lets one call through. */
    void letOne() {
        gate.release();
    }

    @Override
    public void close() {
        open();
        predictor.close();
        callers.shutdown();
    }
}
