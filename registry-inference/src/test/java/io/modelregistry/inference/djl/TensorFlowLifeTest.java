package io.modelregistry.inference.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Closing under load, and memory that comes back. */
final class TensorFlowLifeTest {
    private static final long KIB = 1024;

    @Test
    void closingUnderLoadLetsCallsFinishAndRefusesLaterOnes() throws InterruptedException {
        Tensors input = Tensors.of("input", Fixtures.digits(20));
        for (int round = 0; round < 5; round++) {
            Predictor predictor = Predictors.load(TensorFlowPredictorTest.DIGITS);
            Tensors expected = predictor.predict(input);
            Queue<Throwable> endings = new ConcurrentLinkedQueue<>();
            CountDownLatch running = new CountDownLatch(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int n = 0; ; n++) {
                            if (n == 5) {
                                running.countDown();
                            }
                            if (!predictor.predict(input).equals(expected)) {
                                throw new AssertionError("another result");
                            }
                        }
                    } catch (RegistryException | AssertionError e) {
                        endings.add(e);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            running.await();
            predictor.close();
            predictor.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(endings)
                    .hasSize(4)
                    .allSatisfy(end -> assertThat(end)
                            .isInstanceOf(PredictorClosedException.class)
                            .hasMessage("Cannot predict with model 'digits-mlp-savedmodel': its predictor is closed,"
                                    + " expected an open one"));
        }
        Predictor closed = Predictors.load(TensorFlowPredictorTest.DIGITS);
        closed.close();
        assertThatThrownBy(() -> closed.predictBatch(List.of(input)))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void predictionsLeaveMemoryFlat() throws IOException {
        try (Predictor predictor = Predictors.load(TensorFlowPredictorTest.DIGITS)) {
            Tensors input = Tensors.of("input", Fixtures.digits(32));
            assertFlat(() -> predictor.predict(input), 10_000, 10_000);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void loadingAndClosingLeavesMemoryFlat() throws IOException {
        Tensors input = Tensors.of("input", Fixtures.digits(2));
        assertFlat(() -> loadAndPredict(input), 40, 50);
    }

    @Test
    @Tag("long")
    @EnabledOnOs(OS.LINUX)
    void aThousandLoadsLeaveMemoryFlat() throws IOException {
        Tensors input = Tensors.of("input", Fixtures.digits(2));
        assertFlat(() -> loadAndPredict(input), 200, 1000);
    }

    private static void loadAndPredict(Tensors input) {
        try (Predictor predictor = Predictors.load(TensorFlowPredictorTest.DIGITS)) {
            predictor.predict(input);
        }
    }

    private static void assertFlat(Runnable action, int warmUp, int runs) throws IOException {
        repeat(action, warmUp);
        long before = residentKib();
        repeat(action, runs);
        long after = residentKib();
        // Leaking each result, 1.3 KiB, or each model, 60 KiB of graph and weights, would be beyond this.
        assertThat(after).as("KiB, after %s runs from %s KiB", runs, before).isLessThan(before * 105 / 100);
    }

    private static void repeat(Runnable action, int times) {
        for (int i = 0; i < times; i++) {
            action.run();
        }
        System.gc();
    }

    private static long residentKib() throws IOException {
        String statm = Files.readString(Path.of("/proc/self/statm"));
        return Long.parseLong(statm.split(" ")[1]) * 4096 / KIB;
    }
}
