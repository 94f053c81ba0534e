package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BatchScorerTest {
    private static final ScoringOptions SMALL = ScoringOptions.builder()
            .rowsPerBatch(3)
            .parallelCalls(2)
            .batchesInFlight(4)
            .build();

    private static Iterator<Tensors> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> Sums.row(i, 1000)).iterator();
    }

    private static float sum(Outcome<Tensors> outcome) {
        return outcome.orThrow().get("sum").floatAt(0);
    }

    @Test
    void outcomesComeInTheOrderOfTheInputsThoughBatchesFinishInAnotherOne() {
        CountDownLatch secondBatchDone = new CountDownLatch(1);
        List<Float> firstOfEachCall = new ArrayList<>();
        try (Predictor predictor = Predictors.of(Sums.SIGNATURE, in -> {
                    float first = in.get("x").floatAt(0, 0);
                    if (first == 0) {
                        awaitQuietly(secondBatchDone);
                    }
                    synchronized (firstOfEachCall) {
                        firstOfEachCall.add(first);
                    }
                    if (first == 3) {
                        secondBatchDone.countDown();
                    }
                    float[] x = in.get("x").floats();
                    float[] sums = new float[x.length / 2];
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] = x[2 * i] + x[2 * i + 1];
                    }
                    return Tensors.of("sum", sums);
                });
                ScoredRows scored = BatchScorer.of(predictor, SMALL).score(rows(8))) {
            List<Float> sums = new ArrayList<>();
            scored.forEachRemaining(outcome -> sums.add(sum(outcome)));
            assertThat(sums).containsExactly(1000f, 1001f, 1002f, 1003f, 1004f, 1005f, 1006f, 1007f);
            assertThat(firstOfEachCall.indexOf(3f)).isLessThan(firstOfEachCall.indexOf(0f));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRowThatFailsHasItsFailureInItsPlace() {
        List<Tensors> inputs = List.of(
                Sums.row(1, 1), Sums.row(-13, 0), Tensors.of("y", new float[] {1}), Sums.row(2, 2), Sums.row(3, 3));
        try (Predictor predictor = Sums.predictor();
                Stream<Outcome<Tensors>> scored =
                        BatchScorer.of(predictor, SMALL).score(inputs.stream())) {
            List<Outcome<Tensors>> outcomes = scored.toList();
            assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, false, true, true);
            assertThatThrownBy(() -> outcomes.get(1).orThrow()).isInstanceOf(PredictionFailedException.class);
            assertThatThrownBy(() -> outcomes.get(2).orThrow()).isInstanceOf(InvalidTensorException.class);
            assertThat(sum(outcomes.get(4))).isEqualTo(6f);
        }
    }

    @Test
    void anExceptionOfTheSourceComesOutAtItsPlaceAndAgain() {
        IllegalStateException broken = new IllegalStateException("the source is broken");
        Iterator<Tensors> source = new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Tensors next() {
                if (given == 4) {
                    throw broken;
                }
                return Sums.row(given++, 0);
            }
        };
        try (Predictor predictor = Sums.predictor();
                ScoredRows scored = BatchScorer.of(predictor, SMALL).score(source)) {
            for (int i = 0; i < 4; i++) {
                assertThat(sum(scored.next())).isEqualTo(i);
            }
            assertThatThrownBy(scored::hasNext).isSameAs(broken);
            assertThatThrownBy(scored::next).isSameAs(broken);
        }
    }

    @Test
    void aPredictorThatIsClosedEndsTheRun() {
        Predictor predictor = Sums.predictor();
        try (ScoredRows scored = BatchScorer.of(predictor, SMALL).score(rows(1_000_000))) {
            scored.next();
            predictor.close();
            assertThatThrownBy(() -> scored.forEachRemaining(
                            outcome -> assertThat(outcome.isSuccess()).isTrue()))
                    .isInstanceOf(PredictorClosedException.class);
            assertThatThrownBy(scored::hasNext).isInstanceOf(PredictorClosedException.class);
        }
    }

    @Test
    void noMoreInputsAreAliveThanTheOptionsAllow() {
        AtomicInteger read = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Iterator<Tensors> source = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return read.get() < 5_000;
            }

            @Override
            public Tensors next() {
                return Sums.row(read.getAndIncrement(), 0);
            }
        };
        try (Predictor predictor = Sums.predictor();
                ScoredRows scored = BatchScorer.of(predictor, SMALL).score(source)) {
            assertThat(read)
                    .as("nothing is read before the first outcome is wanted")
                    .hasValue(0);
            int taken = 0;
            while (scored.hasNext()) {
                most.accumulateAndGet(read.get() - taken, Math::max);
                assertThat(sum(scored.next())).isEqualTo(taken);
                taken++;
            }
            assertThat(taken).isEqualTo(5_000);
            assertThat(most).hasValue(3 * 4);
        }
    }

    @Test
    void theSourceIsReadOnlyByTheThreadThatTakes() {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        Iterator<Tensors> rows = IntStream.range(0, 100)
                .mapToObj(i -> {
                    readers.add(Thread.currentThread());
                    return Sums.row(i, i);
                })
                .iterator();
        try (Predictor predictor = Sums.predictor();
                ScoredRows scored = BatchScorer.of(predictor, SMALL).score(rows)) {
            scored.forEachRemaining(Outcome::orThrow);
        }
        assertThat(readers).containsExactly(Thread.currentThread());
    }

    @Test
    void closingEarlyStopsTheThreads() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicBoolean sourceClosed = new AtomicBoolean();
        try (Predictor predictor = Sums.predictor(in -> threads.add(Thread.currentThread()))) {
            Stream<Tensors> inputs =
                    Stream.iterate(0, i -> i + 1).map(i -> Sums.row(i, 0)).onClose(() -> sourceClosed.set(true));
            try (Stream<Outcome<Tensors>> scored =
                    BatchScorer.of(predictor, SMALL).score(inputs)) {
                assertThat(scored.limit(10).toList()).hasSize(10);
            }
            assertThat(sourceClosed).isTrue();
            assertThat(threads).isNotEmpty().allSatisfy(thread -> {
                assertThat(thread.getName()).startsWith("batch-scoring-");
                assertThat(thread.isDaemon()).isTrue();
            });
            await().until(() -> threads.stream().noneMatch(Thread::isAlive));
            assertThat(predictor.isClosed()).isFalse();
        }
    }

    @Test
    void aRunThatIsReadToItsEndStopsItsThreadsByItself() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Predictor predictor = Sums.predictor(in -> threads.add(Thread.currentThread()))) {
            BatchScorer.of(predictor, SMALL).score(rows(20)).forEachRemaining(Outcome::orThrow);
            await().until(() -> !threads.isEmpty() && threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void anInterruptEndsTheRunAndStaysSet() {
        Phaser blocked = new Phaser(1);
        try (Predictor predictor = Sums.predictor(in -> blocked.awaitAdvance(0));
                ScoredRows scored = BatchScorer.of(predictor, SMALL).score(rows(20))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(scored::next)
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
            assertThat(Thread.interrupted()).isTrue();
            blocked.arrive();
        }
    }

    @Test
    void onlyTheOutputsThatAreWantedAreComputedAndUnknownOnesRefused() {
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            Tensor digits = Fixtures.digits(10);
            ScoringOptions labels = ScoringOptions.builder().outputs("label").build();
            Iterator<Tensors> rows = IntStream.range(0, 10)
                    .mapToObj(i -> Tensors.of("input", digits.rows(i, i + 1)))
                    .iterator();
            ScoredRows scored = BatchScorer.of(predictor, labels).score(rows);
            assertThat(scored.next().orThrow().names()).containsExactly("label");
            scored.close();
            assertThat(scored.hasNext()).isFalse();
            ScoringOptions unknown = ScoringOptions.builder().outputs("nothing").build();
            assertThatThrownBy(() -> BatchScorer.of(predictor, unknown))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("Cannot use output 'nothing': the model has no output of this name");
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> ScoringOptions.builder().rowsPerBatch(0))
                .hasMessage("Cannot use rows per batch '0': it is out of range, expected 1 to 1000000");
        assertThatThrownBy(() -> ScoringOptions.builder().parallelCalls(0)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> ScoringOptions.builder().batchesInFlight(-1))
                .isInstanceOf(InvalidValueException.class);
        assertThat(ScoringOptions.builder().parallelCalls(3).build().batchesInFlight())
                .isEqualTo(6);
    }
}
