package io.modelregistry.inference.runtime;

import static io.modelregistry.inference.runtime.Gated.ALWAYS;
import static io.modelregistry.inference.runtime.Gated.awaitQueued;
import static io.modelregistry.inference.runtime.Gated.row;
import static io.modelregistry.inference.runtime.Gated.submit;
import static io.modelregistry.inference.runtime.Gated.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody waits for a closed batcher. */
@Timeout(60)
final class BatcherCloseTest {
    private static final RequestContext NONE = RequestContext.none();

    private static final BatchingOptions PATIENT = BatchingOptions.builder()
            .use(BatchingOptions.Use.ALWAYS)
            .maxDelay(Duration.ofMinutes(30))
            .queueCapacity(20_000)
            .build();

    private final Gated model = new Gated();

    @AfterEach
    void close() {
        model.close();
    }

    private Batcher batcher(BatchingOptions options) {
        return new Batcher(model.predictor, "sums", options, 1);
    }

    private static void assertClosed(CompletableFuture<Served> future) {
        assertThatThrownBy(future::join)
                .hasCauseInstanceOf(BatcherClosedException.class)
                .hasMessageContaining("Cannot predict with 'sums': its queue is closed, expected an open one");
    }

    @Test
    void allThatIsQueuedIsComputedInTheDrain() {
        model.open();
        Batcher batcher = batcher(PATIENT);
        List<CompletableFuture<Served>> all =
                IntStream.range(0, 50).mapToObj(i -> submit(batcher, i)).toList();
        batcher.close(Duration.ofSeconds(30));
        for (int i = 0; i < 50; i++) {
            assertThat(all.get(i)).isDone();
            assertThat(sum(all.get(i).join())).isEqualTo(i + 1f);
        }
        assertClosed(submit(batcher, 1));
        assertThatThrownBy(() -> batcher.predict(row(1), List.of(), NONE))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        assertThat(model.predictor.isClosed()).isFalse();
        batcher.close();
    }

    /** A worker that has looked at the queue and is about to wait for more is told, too. */
    @Test
    void aCloseThatMeetsAWorkerOnItsWayToSleepIsSeen() {
        model.open();
        for (int round = 0; round < 3_000; round++) {
            try (Batcher batcher = batcher(PATIENT)) {
                CompletableFuture<Served> one = submit(batcher, round);
                for (int i = 0; i < round % 100 * 20; i++) {
                    Thread.onSpinWait();
                }
                batcher.close(Duration.ofSeconds(10));
                assertThat(one).as("round %s", round).isCompleted();
            }
        }
    }

    @Test
    void everyOneOfTenThousandFuturesCompletes() {
        Batcher batcher = batcher(BatchingOptions.builder()
                .use(BatchingOptions.Use.ALWAYS)
                .queueCapacity(10_000)
                .build());
        CompletableFuture<Served> running = model.occupy(batcher);
        List<CompletableFuture<Served>> all =
                IntStream.range(0, 10_000).mapToObj(i -> submit(batcher, i)).toList();
        assertThat(batcher.queued()).isEqualTo(10_000);
        batcher.close(Duration.ofMillis(10));
        assertThat(all).allMatch(CompletableFuture::isDone);
        all.forEach(BatcherCloseTest::assertClosed);
        assertThat(running).isNotDone();
        model.open();
        assertThat(sum(running.join())).isEqualTo(1f);
        assertThat(model.calls).hasSize(1);
    }

    @Test
    void callersThatWaitAreToldToo() {
        Batcher batcher = batcher(ALWAYS);
        model.occupy(batcher);
        List<CompletableFuture<Served>> callers = IntStream.range(0, 20)
                .mapToObj(i -> model.predict(batcher, i, NONE))
                .toList();
        awaitQueued(batcher, 20);
        batcher.close(Duration.ZERO);
        callers.forEach(BatcherCloseTest::assertClosed);
    }

    @Test
    void callersThatWaitForRoomAreToldToo() {
        Batcher batcher = batcher(BatchingOptions.builder()
                .use(BatchingOptions.Use.ALWAYS)
                .queueCapacity(1)
                .whenFull(BatchingOptions.WhenFull.WAIT)
                .build());
        model.occupy(batcher);
        CompletableFuture<Served> queued = submit(batcher, 1);
        CompletableFuture<Served> waits = model.predict(batcher, 2, NONE);
        batcher.close(Duration.ofMillis(50));
        assertClosed(queued);
        assertClosed(waits);
    }

    @Test
    void noCallBeginsAfterAnExpiredClose() {
        Batcher batcher = batcher(BatchingOptions.builder()
                .use(BatchingOptions.Use.ALWAYS)
                .maxRows(2)
                .build());
        CompletableFuture<Served> parts = batcher.submit(Gated.rows(6), List.of(), NONE);
        model.awaitCall();
        CompletableFuture<Served> next = submit(batcher, 1);
        batcher.close(Duration.ofMillis(20));
        assertClosed(next);
        assertThat(batcher.inFlight()).isEqualTo(1);
        model.open();
        // It was cut off between two of its parts.
        assertClosed(parts);
        assertThat(model.calls).hasSize(1);
        assertThat(batcher.inFlight()).isZero();
    }

    @Test
    void closeWaitsForCallsThatAreUnderWay() {
        for (BatchingOptions options : List.of(ALWAYS, BatchingOptions.off())) {
            try (Gated own = new Gated()) {
                Batcher batcher = new Batcher(own.predictor, "sums", options, 1);
                CompletableFuture<Served> direct = own.predict(batcher, 1, NONE);
                own.awaitCall();
                CompletableFuture<Void> closed =
                        CompletableFuture.runAsync(() -> batcher.close(Duration.ofSeconds(30)));
                Awaitility.await().until(() -> isClosed(batcher));
                assertThat(closed).isNotDone();
                own.open();
                closed.join();
                assertThat(batcher.inFlight()).isZero();
                assertThat(sum(direct.join())).isEqualTo(2f);
            }
        }
    }

    private static boolean isClosed(Batcher batcher) {
        CompletableFuture<Served> probe = submit(batcher, 0);
        return probe.isCompletedExceptionally();
    }

    @Test
    void anInterruptEndsTheDrain() {
        Batcher batcher = batcher(ALWAYS);
        model.occupy(batcher);
        CompletableFuture<Served> queued = submit(batcher, 1);
        Thread.currentThread().interrupt();
        batcher.close(Duration.ofMinutes(10));
        assertThat(Thread.interrupted()).isTrue();
        assertClosed(queued);
    }

    @Test
    void itsThreadsEnd() {
        model.open();
        Batcher batcher = new Batcher(model.predictor, "ending", ALWAYS, 3);
        submit(batcher, 1).join();
        assertThat(threads()).isPositive();
        batcher.resize(1);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> threads() == 1);
        assertThat(sum(submit(batcher, 2).join())).isEqualTo(3f);
        batcher.close();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("batcher-ending-"))
                .count();
    }
}
