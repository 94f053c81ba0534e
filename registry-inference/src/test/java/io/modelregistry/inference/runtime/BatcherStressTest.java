package io.modelregistry.inference.runtime;

import static io.modelregistry.inference.runtime.Gated.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everything at once: whatever happens, each request is answered, once, with its own answer. */
@Timeout(120)
final class BatcherStressTest {
    private static final int THREADS = 12;
    private static final int REQUESTS = 1_500;

    @ParameterizedTest
    @EnumSource(BatchingOptions.Use.class)
    void everyRequestIsAnswered(BatchingOptions.Use use) throws Exception {
        long seed = System.nanoTime();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch middle = new CountDownLatch(THREADS * REQUESTS / 2);
        BatchingOptions options = BatchingOptions.builder()
                .use(use)
                .maxRows(8)
                .queueCapacity(64)
                .whenFull(seed % 2 == 0 ? BatchingOptions.WhenFull.WAIT : BatchingOptions.WhenFull.REJECT)
                .build();
        try (Predictor predictor = Predictors.of(Gated.SIGNATURE, BatcherStressTest::compute);
                Batcher batcher = new Batcher(predictor, "stress", options, 2)) {
            List<FutureTask<Void>> clients = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed + i);
                clients.add(new FutureTask<>(() -> {
                    for (int k = 0; k < REQUESTS; k++) {
                        middle.countDown();
                        (ask(batcher, random) ? served : refused).incrementAndGet();
                    }
                    return null;
                }));
            }
            clients.forEach(client -> new Thread(client).start());
            assertThat(middle.await(60, TimeUnit.SECONDS)).as("seed %s", seed).isTrue();
            batcher.resize(1 + (int) (seed & 3));
            batcher.close(Duration.ofMillis(seed & 15));
            for (FutureTask<Void> client : clients) {
                client.get(60, TimeUnit.SECONDS);
            }
            assertThat(batcher.queued()).as("seed %s", seed).isZero();
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("seed " + seed, e);
        }
        assertThat(served.get() + refused.get()).as("seed %s", seed).isEqualTo(THREADS * REQUESTS);
        assertThat(served).as("seed %s", seed).hasPositiveValue();
    }

    private static Tensors compute(Tensors in) {
        Tensor x = in.get("x");
        float[] sums = new float[(int) x.size(0)];
        for (int i = 0; i < sums.length; i++) {
            if (x.floatAt(i, 0) < 0) {
                throw new IllegalStateException("poisoned");
            }
            sums[i] = x.floatAt(i, 0) + x.floatAt(i, 1);
        }
        return Tensors.of("sum", sums);
    }

    /** One request of some kind; whether it was served, and then rightly. */
    private static boolean ask(Batcher batcher, Random random) throws Exception {
        float number = random.nextInt(50) == 0 ? -1 : random.nextInt(1_000_000);
        RequestContext context =
                RequestContext.none().priority(Priority.values()[random.nextInt(Priority.values().length)]);
        if (random.nextInt(4) == 0) {
            context = context.within(Duration.ofNanos(1 + random.nextInt(200_000)));
        }
        try {
            Served served;
            if (random.nextBoolean()) {
                served = batcher.predict(row(number), List.of(), context);
            } else {
                CompletableFuture<Served> future = batcher.submit(row(number), List.of(), context);
                if (random.nextInt(8) == 0) {
                    future.cancel(true);
                }
                served = future.get(60, TimeUnit.SECONDS);
            }
            assertThat(number).isNotNegative();
            assertThat(Gated.sum(served)).isEqualTo(number + 1);
            return true;
        } catch (CancellationException e) {
            return false;
        } catch (RegistryException | CompletionException | ExecutionException e) {
            Throwable error = e instanceof RegistryException ? e : e.getCause();
            assertThat(error)
                    .isInstanceOfAny(
                            DeadlineExceededException.class,
                            OverloadedException.class,
                            BatcherClosedException.class,
                            PredictionFailedException.class);
            assertThat(error instanceof PredictionFailedException && number >= 0)
                    .isFalse();
            return false;
        }
    }
}
