package io.modelregistry.inference.runtime;

import static io.modelregistry.inference.runtime.Gated.ALWAYS;
import static io.modelregistry.inference.runtime.Gated.awaitQueued;
import static io.modelregistry.inference.runtime.Gated.row;
import static io.modelregistry.inference.runtime.Gated.rows;
import static io.modelregistry.inference.runtime.Gated.submit;
import static io.modelregistry.inference.runtime.Gated.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes into one call of the model, and what comes of it. */
@Timeout(60)
final class BatcherTest {
    private final Gated model = new Gated();

    @AfterEach
    void close() {
        model.close();
    }

    private Batcher batcher(BatchingOptions options) {
        return new Batcher(model.predictor, "sums", options, 1);
    }

    private static BatchingOptions.Builder always() {
        return BatchingOptions.builder().use(BatchingOptions.Use.ALWAYS);
    }

    @Test
    void whatWaitedIsOneCall() {
        try (Batcher batcher = batcher(ALWAYS)) {
            CompletableFuture<Served> first = model.occupy(batcher);
            List<CompletableFuture<Served>> others =
                    IntStream.range(1, 6).mapToObj(i -> submit(batcher, i)).toList();
            assertThat(batcher.queued()).isEqualTo(5);
            assertThat(batcher.inFlight()).isEqualTo(1);
            model.open();
            assertThat(sum(first.join())).isEqualTo(1f);
            for (int i = 0; i < 5; i++) {
                assertThat(sum(others.get(i).join())).isEqualTo(i + 2f);
                assertThat(others.get(i).join().queueNanos()).isPositive();
                assertThat(others.get(i).join().modelNanos()).isPositive();
            }
            assertThat(model.calls).containsExactly(List.of(0f), List.of(1f, 2f, 3f, 4f, 5f));
        }
    }

    @Test
    void whatIsKeptForARequestIsReleasedWhenTheModelIsDoneWithIt() {
        List<String> released = new CopyOnWriteArrayList<>();
        Batcher batcher = batcher(always().queueCapacity(2).maxRows(1).build());
        CompletableFuture<Served> running =
                batcher.submit(Gated.row(1), List.of(), RequestContext.none(), () -> released.add("running"));
        model.awaitCall();
        CompletableFuture<Served> waits =
                batcher.submit(Gated.row(2), List.of(), RequestContext.none(), () -> released.add("waits"));
        RequestContext hurried = RequestContext.none().within(Duration.ofMillis(20));
        CompletableFuture<Served> late = batcher.submit(Gated.row(3), List.of(), hurried, () -> released.add("late"));
        assertThat(batcher.submit(Gated.row(4), List.of(), RequestContext.none(), () -> released.add("refused")))
                .isCompletedExceptionally();
        assertThat(running.cancel(true)).isTrue();
        assertThat(waits.cancel(true)).isTrue();
        assertThat(late).failsWithin(Duration.ofSeconds(20));
        assertThat(released).as("the model still computes the first").containsExactly("refused", "waits", "late");
        CompletableFuture<Served> left =
                batcher.submit(Gated.row(5), List.of(), RequestContext.none(), () -> released.add("left"));
        batcher.close(Duration.ZERO);
        assertThat(left).isCompletedExceptionally();
        assertThat(released).containsExactly("refused", "waits", "late", "left");
        model.open();
        Awaitility.await().until(() -> released.contains("running"));
        assertThat(released).hasSize(5);
    }

    @Test
    void aBatchKeepsTheModelBusyOnce() {
        long begun = System.nanoTime();
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> others =
                    IntStream.range(1, 60).mapToObj(i -> submit(batcher, i)).toList();
            model.open();
            others.forEach(CompletableFuture::join);
            assertThat(batcher.busyNanos()).isPositive().isLessThan(System.nanoTime() - begun);
        }
    }

    @Test
    void callersThatWaitShareACallToo() {
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> callers = new ArrayList<>();
            for (int i = 1; i <= 40; i++) {
                callers.add(model.predict(batcher, i, RequestContext.none()));
            }
            awaitQueued(batcher, 40);
            model.open();
            for (int i = 1; i <= 40; i++) {
                assertThat(sum(callers.get(i - 1).join())).isEqualTo(i + 1f);
            }
            assertThat(model.calls).hasSize(2);
        }
    }

    @Test
    void aLoneCallerComputesOnItsOwnThread() {
        AtomicReference<Thread> computedOn = new AtomicReference<>();
        try (Predictor predictor = Predictors.of(Gated.SIGNATURE, in -> {
                    computedOn.set(Thread.currentThread());
                    return Tensors.of("sum", new float[] {3});
                });
                Batcher batcher = new Batcher(predictor, "sums", ALWAYS, 1)) {
            Served served = batcher.predict(row(2), List.of(), RequestContext.none());
            assertThat(computedOn).hasValue(Thread.currentThread());
            assertThat(served.queueNanos()).isZero();
            assertThat(batcher.submit(row(2), List.of(), RequestContext.none())
                            .join()
                            .outputs())
                    .isNotNull();
            assertThat(computedOn.get().getName()).startsWith("batcher-sums-");
            assertThat(computedOn.get().isDaemon()).isTrue();
        }
    }

    @Test
    void withoutBatchesEachRequestIsACall() {
        try (Batcher batcher = batcher(BatchingOptions.off())) {
            model.occupy(batcher);
            CompletableFuture<Served> second = submit(batcher, 1);
            CompletableFuture<Served> third = submit(batcher, 2);
            CompletableFuture<Served> direct = model.predict(batcher, 3, RequestContext.none());
            model.awaitCall();
            assertThat(batcher.queued()).isEqualTo(2);
            model.open();
            CompletableFuture.allOf(second, third, direct).join();
            assertThat(model.calls).containsExactly(List.of(0f), List.of(3f), List.of(1f), List.of(2f));
        }
    }

    @Test
    void noCallHasMoreRowsThanTheMaximum() {
        try (Batcher batcher = batcher(always().maxRows(4).build())) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> all = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                all.add(submit(batcher, i));
            }
            all.add(batcher.submit(rows(2), List.of(), RequestContext.none()));
            all.add(submit(batcher, 9));
            model.open();
            all.forEach(CompletableFuture::join);
            assertThat(model.calls).containsExactly(List.of(0f), List.of(1f, 2f, 3f), List.of(0f, 1f, 9f));
        }
    }

    @Test
    void anInputOfTooManyRowsIsComputedInParts() {
        model.open();
        try (Batcher batcher = batcher(always().maxRows(4).build())) {
            Served direct = batcher.predict(rows(10), List.of(), RequestContext.none());
            Served queued =
                    batcher.submit(rows(10), List.of(), RequestContext.none()).join();
            float[] expected = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
            assertThat(direct.outputs().get("sum").floats()).containsExactly(expected);
            assertThat(queued.outputs().get("sum").floats()).containsExactly(expected);
            assertThat(model.calls).extracting(List::size).containsExactly(4, 4, 2, 4, 4, 2);
        }
    }

    @Test
    void shapesAndOutputsAreNotMixed() {
        TensorSignature signature = new TensorSignature(
                List.of(TensorSpec.parse("x FP32[batch,-1]")),
                List.of(TensorSpec.parse("a FP32[batch]"), TensorSpec.parse("b FP32[batch]")));
        List<String> calls = new CopyOnWriteArrayList<>();
        CountDownLatch gate = new CountDownLatch(1);
        try (Predictor predictor = Predictors.of(signature, in -> {
                    calls.add(in.get("x").toString());
                    awaitOpen(gate);
                    float[] zeros = new float[(int) in.get("x").size(0)];
                    return Tensors.of("a", zeros).with("b", zeros);
                });
                Batcher batcher = new Batcher(predictor, "two", ALWAYS, 1)) {
            Tensors narrow = Tensors.of("x", new float[1][2]);
            Tensors wide = Tensors.of("x", new float[1][3]);
            List<CompletableFuture<Served>> all = new ArrayList<>();
            all.add(batcher.submit(narrow, List.of(), RequestContext.none()));
            Awaitility.await().until(() -> calls.size() == 1);
            for (int i = 0; i < 2; i++) {
                all.add(batcher.submit(narrow, List.of(), RequestContext.none()));
                all.add(batcher.submit(wide, List.of(), RequestContext.none()));
                all.add(batcher.submit(wide, List.of("b"), RequestContext.none()));
            }
            gate.countDown();
            all.forEach(CompletableFuture::join);
            assertThat(calls).containsExactly("FP32[1,2]", "FP32[2,2]", "FP32[2,3]", "FP32[2,3]");
            assertThat(all.get(3).join().outputs().names()).containsExactly("b");
            assertThat(all.get(2).join().outputs().names()).containsExactly("a", "b");
        }
    }

    static void awaitOpen(CountDownLatch gate) {
        try {
            if (!gate.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("never let through");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void fifteenOfSixteenSucceedBesideAPoisonedOne() {
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> all = IntStream.range(0, 16)
                    .mapToObj(i -> submit(batcher, i == 7 ? -13 : i))
                    .toList();
            CompletableFuture<Served> unfit =
                    batcher.submit(Tensors.of("x", new double[1][2]), List.of(), RequestContext.none());
            model.open();
            for (int i = 0; i < 16; i++) {
                CompletableFuture<Served> each = all.get(i);
                if (i == 7) {
                    assertThatThrownBy(each::join)
                            .isInstanceOf(CompletionException.class)
                            .hasCauseInstanceOf(PredictionFailedException.class);
                } else {
                    assertThat(sum(each.join())).isEqualTo(i + 1f);
                }
            }
            assertThatThrownBy(unfit::join).hasCauseInstanceOf(InvalidTensorException.class);
            assertThat(model.calls.get(1)).hasSize(16);
        }
    }

    @Test
    void whateverThePredictorThrowsFailsItsOwnRequestsOnly() {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        try (Predictor predictor = Predictors.of(Gated.SIGNATURE, in -> {
                    calls.incrementAndGet();
                    awaitOpen(gate);
                    if (in.get("x").floatAt(0, 0) == -1f) {
                        throw new StackOverflowError("deep");
                    }
                    return Tensors.of("sum", new float[(int) in.get("x").size(0)]);
                });
                Batcher batcher = new Batcher(predictor, "sums", ALWAYS, 1)) {
            CompletableFuture<Served> first = submit(batcher, 0);
            Awaitility.await().until(() -> calls.get() == 1);
            CompletableFuture<Served> bad = submit(batcher, -1);
            CompletableFuture<Served> good = submit(batcher, 2);
            gate.countDown();
            assertThat(first.join()).isNotNull();
            assertThat(good.join()).isNotNull();
            assertThatThrownBy(bad::join)
                    .hasCauseInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining("Cannot predict with model 'sums'")
                    .hasMessageContaining("deep");
            assertThatThrownBy(() -> batcher.predict(row(-1), List.of(), RequestContext.none()))
                    .isInstanceOf(PredictionFailedException.class);
            assertThat(submit(batcher, 3).join()).isNotNull();
        }
    }

    @Test
    void aPredictorThatGivesTooFewOutcomesFailsAll() {
        Predictor short1 = new FewOutcomes(model.predictor);
        try (Batcher batcher = new Batcher(short1, "sums", ALWAYS, 1)) {
            model.occupy(batcher);
            CompletableFuture<Served> one = submit(batcher, 1);
            CompletableFuture<Served> two = submit(batcher, 2);
            model.open();
            assertThatThrownBy(one::join)
                    .hasCauseInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining("it gave 1 outcomes for 2 inputs");
            assertThatThrownBy(two::join).hasCauseInstanceOf(PredictionFailedException.class);
            assertThat(sum(submit(batcher, 3).join())).isEqualTo(4f);
        }
    }

    @Test
    void aPreferredNumberOfRowsIsTakenFirst() {
        try (Batcher batcher = batcher(always().preferredRows(4, 2).build())) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> all =
                    IntStream.range(1, 8).mapToObj(i -> submit(batcher, i)).toList();
            model.open();
            all.forEach(CompletableFuture::join);
            assertThat(model.calls).extracting(List::size).containsExactly(1, 4, 2, 1);
        }
    }

    @Test
    void aBatchIsPaddedOnlyWhenAllowed() {
        BatchingOptions padded = always().preferredRows(4)
                .padding(BatchingOptions.Padding.REPEAT_LAST_ROW)
                .build();
        try (Batcher batcher = batcher(padded)) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> all =
                    IntStream.range(1, 4).mapToObj(i -> submit(batcher, i)).toList();
            model.open();
            for (int i = 0; i < 3; i++) {
                assertThat(all.get(i).join().outputs().get("sum").floats()).containsExactly(i + 2f);
            }
            assertThat(model.calls.get(1)).containsExactly(1f, 2f, 3f, 3f);
        }
    }

    @Test
    void withADelayTheOldestWaitsForOthers() {
        model.open();
        BatchingOptions patient =
                always().maxDelay(Duration.ofMinutes(10)).preferredRows(3).build();
        try (Batcher batcher = batcher(patient)) {
            CompletableFuture<Served> one = model.predict(batcher, 1, RequestContext.none());
            awaitQueued(batcher, 1);
            CompletableFuture<Served> two = submit(batcher, 2);
            assertThat(one).isNotDone();
            CompletableFuture<Served> three = submit(batcher, 3);
            assertThat(sum(three.join()) + sum(one.join()) + sum(two.join())).isEqualTo(9f);
            assertThat(model.calls).containsExactly(List.of(1f, 2f, 3f));
        }
        try (Batcher batcher = batcher(always().maxDelay(Duration.ofMillis(30)).build())) {
            Served late = submit(batcher, 5).join();
            assertThat(late.queueNanos()).isGreaterThanOrEqualTo(30_000_000);
        }
    }

    @Test
    void modelsWithoutABatchAreComputedOneByOne() {
        TensorSignature fixed = TensorSignature.of(TensorSpec.parse("x FP32[time,2]"), TensorSpec.parse("n FP32[1]"));
        try (Predictor predictor = Predictors.of(
                        fixed, in -> Tensors.of("n", new float[] {in.get("x").size(0)}));
                Batcher batcher =
                        new Batcher(predictor, "steps", always().maxRows(4).build(), 1)) {
            Served served =
                    batcher.submit(rows(10), List.of(), RequestContext.none()).join();
            assertThat(served.outputs().get("n").floats()).containsExactly(10f);
        }
    }

    @Test
    void moreWorkersComputeMoreBatchesAtOnce() {
        try (Batcher batcher = batcher(always().maxRows(1).build())) {
            model.occupy(batcher);
            CompletableFuture<Served> second = submit(batcher, 1);
            CompletableFuture<Served> third = submit(batcher, 2);
            batcher.resize(3);
            model.awaitCall();
            model.awaitCall();
            assertThat(batcher.inFlight()).isEqualTo(3);
            batcher.resize(1);
            CompletableFuture<Served> fourth = submit(batcher, 3);
            assertThat(batcher.queued()).isEqualTo(1);
            model.open();
            CompletableFuture.allOf(second, third, fourth).join();
        }
        assertThatThrownBy(() -> batcher(ALWAYS).resize(0)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> BatchingOptions.builder().maxRows(0))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use maximum rows '0': it is too small, expected 1 or more");
        assertThatThrownBy(() -> BatchingOptions.builder().maxDelay(Duration.ofMillis(-1)))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> BatchingOptions.builder().preferredRows(8, 0))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> BatchingOptions.builder().queueCapacity(0)).isInstanceOf(InvalidValueException.class);
    }
}
