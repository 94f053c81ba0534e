package io.modelregistry.inference.runtime;

import static io.modelregistry.inference.runtime.Gated.ALWAYS;
import static io.modelregistry.inference.runtime.Gated.awaitQueued;
import static io.modelregistry.inference.runtime.Gated.row;
import static io.modelregistry.inference.runtime.Gated.submit;
import static io.modelregistry.inference.runtime.Gated.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who goes first, who is refused, and who leaves before it was their turn. */
@Timeout(60)
final class BatcherQueueTest {
    private static final RequestContext NONE = RequestContext.none();

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
    void higherPrioritiesGoFirstAndEqualsInTheirOrder() {
        try (Batcher batcher = batcher(always().maxRows(2).build())) {
            model.occupy(batcher);
            List<CompletableFuture<Served>> all = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                all.add(submit(batcher, 30 + i, NONE.priority(Priority.LOW)));
                all.add(submit(batcher, 20 + i, NONE));
                all.add(submit(batcher, 10 + i, NONE.priority(Priority.HIGH)));
            }
            model.open();
            all.forEach(CompletableFuture::join);
            assertThat(model.calls)
                    .containsExactly(
                            List.of(0f),
                            List.of(11f, 12f),
                            List.of(13f, 21f),
                            List.of(22f, 23f),
                            List.of(31f, 32f),
                            List.of(33f));
        }
    }

    @Test
    void aCallerWhoseDeadlinePassesLeavesAtOnceAndIsNotComputed() {
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            assertThatThrownBy(() -> batcher.predict(row(1), List.of(), NONE.within(Duration.ofMillis(20))))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("Cannot predict with 'sums': the deadline passed after");
            assertThat(batcher.queued()).isZero();
            CompletableFuture<Served> future = submit(batcher, 2, NONE.within(Duration.ofMillis(20)));
            assertThatThrownBy(future::join).hasCauseInstanceOf(DeadlineExceededException.class);
            assertThat(batcher.queued()).isZero();
            CompletableFuture<Served> last = submit(batcher, 3);
            model.open();
            last.join();
            assertThat(model.calls).containsExactly(List.of(0f), List.of(3f));
        }
    }

    @Test
    void aDeadlineThatHasPassedIsRefused() {
        RequestContext late = NONE.within(Duration.ofNanos(1));
        Awaitility.await().until(() -> late.remainingNanos() <= 0);
        for (BatchingOptions options : List.of(ALWAYS, BatchingOptions.off(), BatchingOptions.dynamic())) {
            try (Batcher batcher = batcher(options)) {
                assertThatThrownBy(() -> batcher.predict(row(1), List.of(), late))
                        .isInstanceOf(DeadlineExceededException.class);
                assertThatThrownBy(() -> submit(batcher, 1, late).join())
                        .hasCauseInstanceOf(DeadlineExceededException.class);
            }
        }
        assertThat(model.calls).isEmpty();
    }

    @Test
    void aCallerThatHasBegunGetsItsAnswerAfterItsDeadline() {
        try (Batcher batcher = batcher(ALWAYS)) {
            RequestContext soon = NONE.within(Duration.ofSeconds(2));
            CompletableFuture<Served> begun = submit(batcher, 1, soon);
            model.awaitCall();
            Awaitility.await().until(() -> soon.remainingNanos() <= 0);
            model.open();
            assertThat(sum(begun.join())).isEqualTo(2f);
        }
    }

    @Test
    void anInterruptedCallerLeavesAndStaysInterrupted() throws InterruptedException {
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            AtomicReference<RegistryException> error = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    batcher.predict(row(1), List.of(), NONE);
                } catch (RegistryException e) {
                    if (Thread.currentThread().isInterrupted()) {
                        error.set(e);
                    }
                }
            });
            caller.start();
            awaitQueued(batcher, 1);
            caller.interrupt();
            caller.join();
            assertThat(error.get())
                    .hasMessage("Cannot predict with 'sums': the thread was interrupted while it waited,"
                            + " expected to wait for the answer")
                    .extracting(RegistryException::code)
                    .isEqualTo(ErrorCode.TIMEOUT);
            assertThat(batcher.queued()).isZero();
            CompletableFuture<Served> last = submit(batcher, 2);
            model.open();
            last.join();
            assertThat(model.calls).containsExactly(List.of(0f), List.of(2f));
        }
    }

    @Test
    void whoIsInterruptedWhileBeingComputedBreaksNoOtherCallersWakeUp() {
        try (Batcher batcher = batcher(ALWAYS)) {
            model.occupy(batcher);
            List<Thread> interrupted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Thread caller = new Thread(() -> assertThatThrownBy(() -> batcher.predict(row(1), List.of(), NONE))
                        .isInstanceOf(RegistryException.class));
                caller.start();
                interrupted.add(caller);
            }
            awaitQueued(batcher, 20);
            List<CompletableFuture<Served>> others = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                others.add(model.predict(batcher, 2, NONE));
            }
            awaitQueued(batcher, 40);
            model.letOne();
            model.awaitCall();
            interrupted.forEach(Thread::interrupt);
            Awaitility.await().until(() -> interrupted.stream().noneMatch(Thread::isAlive));
            model.open();
            others.forEach(other -> assertThat(sum(other.join())).isEqualTo(3f));
            assertThat(model.calls).extracting(List::size).containsExactly(1, 40);
        }
    }

    @Test
    void aCancelledFutureIsNotComputedAndMakesRoom() {
        try (Batcher batcher = batcher(always().queueCapacity(1).build())) {
            model.occupy(batcher);
            CompletableFuture<Served> cancelled = submit(batcher, 1);
            assertThat(cancelled.cancel(true)).isTrue();
            assertThat(batcher.queued()).isZero();
            CompletableFuture<Served> completedByOthers = submit(batcher, 2);
            completedByOthers.completeExceptionally(new IllegalStateException("no need"));
            assertThat(submit(batcher, 3)).isCompletedExceptionally();
            model.open();
            awaitQueued(batcher, 0);
            submit(batcher, 4).join();
            assertThat(model.calls).containsExactly(List.of(0f), List.of(4f));
        }
    }

    @Test
    void aFullQueueRefusesWithAHint() {
        for (BatchingOptions options : List.of(
                always().queueCapacity(2).build(),
                BatchingOptions.builderOff().queueCapacity(2).build())) {
            try (Gated own = new Gated();
                    Batcher batcher = new Batcher(own.predictor, "sums", options, 1)) {
                own.occupy(batcher);
                submit(batcher, 1);
                submit(batcher, 2);
                assertThatThrownBy(() -> submit(batcher, 3).join())
                        .hasCauseInstanceOf(OverloadedException.class)
                        .hasMessageContaining("Cannot predict with 'sums': 2 requests wait, as many as may,"
                                + " expected fewer requests at once; try again in ");
                own.open();
            }
        }
    }

    @Test
    void theHintFollowsTheMeasuredTime() {
        try (Batcher batcher = batcher(always().queueCapacity(1).maxRows(1).build())) {
            CompletableFuture<Served> slow = model.occupy(batcher);
            Awaitility.await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            model.letOne();
            assertThat(slow.join().modelNanos()).isGreaterThan(50_000_000);
            model.occupy(batcher);
            submit(batcher, 1);
            assertThatThrownBy(() -> batcher.predict(row(1), List.of(), NONE))
                    .isInstanceOfSatisfying(
                            OverloadedException.class,
                            e -> assertThat(e.retryAfter()).isGreaterThan(Duration.ofMillis(49)));
            model.open();
        }
    }

    @Test
    void aFullQueueMakesCallersWaitForRoomUpToTheirDeadline() {
        BatchingOptions options = always().queueCapacity(1)
                .whenFull(BatchingOptions.WhenFull.WAIT)
                .build();
        try (Batcher batcher = batcher(options)) {
            model.occupy(batcher);
            CompletableFuture<Served> queued = submit(batcher, 1);
            assertThatThrownBy(() -> batcher.predict(row(2), List.of(), NONE.within(Duration.ofMillis(20))))
                    .isInstanceOf(DeadlineExceededException.class);
            CompletableFuture<Served> waits = model.predict(batcher, 3, NONE);
            model.open();
            assertThat(sum(waits.join())).isEqualTo(4f);
            queued.join();
            assertThat(model.calls).hasSize(3).doesNotContain(List.of(2f));
        }
    }

    @Test
    void aBatchIsMadeSmallerToMeetADeadline() {
        BatchTime time = new BatchTime();
        for (int i = 0; i < 20; i++) {
            time.measured(1, 2_000_000_000L);
            time.measured(10, 11_000_000_000L);
        }
        assertThat(time.nanosFor(4)).isBetween(4_900_000_000L, 5_100_000_000L);
        BatchQueue queue = new BatchQueue(ALWAYS, time);
        queue.offer(request(NONE.within(Duration.ofMillis(5_500))));
        for (int i = 0; i < 9; i++) {
            queue.offer(request(NONE));
        }
        assertThat(queue.take(false).members).hasSize(4);
        assertThat(queue.take(false).members).hasSize(6);
        // Too late even alone: nothing is gained by a smaller batch, and an estimate refuses nobody.
        queue.offer(request(NONE.within(Duration.ofMillis(500))));
        queue.offer(request(NONE));
        assertThat(queue.take(false).members).hasSize(2);
        assertThat(queue.requests()).isZero();
        assertThat(queue.rows()).isZero();
    }

    @Test
    void aDeadlineThatComesLaterEndsTheWaitForMore() {
        BatchQueue queue = new BatchQueue(always().maxDelay(Duration.ofHours(1)).build(), new BatchTime());
        queue.offer(request(NONE));
        assertThat(queue.isWorthALook(false)).isTrue();
        assertThat(queue.take(false).waitNanos)
                .isGreaterThan(Duration.ofMinutes(50).toNanos());
        queue.offer(request(NONE.within(Duration.ofHours(2))));
        assertThat(queue.isWorthALook(false)).isFalse();
        assertThat(queue.isWorthALook(true)).isTrue();
        queue.offer(request(NONE.within(Duration.ofMinutes(20))));
        assertThat(queue.isWorthALook(false)).isTrue();
        // It ends before the deadline, so that there is time to begin.
        assertThat(queue.take(false).waitNanos)
                .isBetween(
                        Duration.ofMinutes(10).toNanos(),
                        Duration.ofMinutes(20).minusMillis(5).toNanos());
        assertThat(queue.isWorthALook(false)).isFalse();
        assertThat(queue.take(true).members).hasSize(3);
    }

    @Test
    void whatWasRefusedIsNotCountedOutWhenItsDeadlinePasses() {
        for (BatchingOptions.WhenFull whenFull : BatchingOptions.WhenFull.values()) {
            try (Gated own = new Gated();
                    Batcher batcher = new Batcher(
                            own.predictor,
                            "sums",
                            always().queueCapacity(1).whenFull(whenFull).build(),
                            1)) {
                own.occupy(batcher);
                CompletableFuture<Served> queued = submit(batcher, 1);
                for (int i = 0; i < 3; i++) {
                    CompletableFuture<Served> refused = submit(batcher, 2, NONE.within(Duration.ofMillis(20)));
                    assertThatThrownBy(refused::join).hasCauseInstanceOf(RegistryException.class);
                }
                Awaitility.await()
                        .pollDelay(Duration.ofMillis(200))
                        .untilAsserted(() -> assertThat(batcher.queued()).isEqualTo(1));
                own.open();
                queued.join();
                assertThat(submit(batcher, 3)).succeedsWithin(Duration.ofSeconds(20));
                assertThat(batcher.queued()).isZero();
            }
        }
    }

    @Test
    void aDeadlineOfWhatDoesNotFitEndsTheWaitToo() {
        BatchQueue queue = new BatchQueue(always().maxDelay(Duration.ofHours(1)).build(), new BatchTime());
        queue.offer(request(NONE));
        queue.offer(request(Tensors.of("x", new float[1][3]), NONE.within(Duration.ofMinutes(20))));
        assertThat(queue.take(false).waitNanos)
                .isBetween(
                        Duration.ofMinutes(10).toNanos(),
                        Duration.ofMinutes(20).minusMillis(5).toNanos());
        queue.offer(request(Tensors.of("x", new float[1][3]), NONE.within(Duration.ofNanos(1))));
        queue.offer(request(Tensors.of("x", new double[1][3]), NONE.within(Duration.ofMillis(4))));
        assertThat(queue.take(false).isEmpty()).isFalse();
    }

    @Test
    void whatComesDuringALookIsNotWaitedForWithoutADelay() {
        BatchQueue queue = new BatchQueue(ALWAYS, new BatchTime());
        long soon = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        queue.offer(Request.ofThisThread(new Request.Call(row(1), List.of(), NONE), 1, soon));
        assertThat(queue.take(false).members).hasSize(1);
    }

    /** The last rows of a batch may come while a worker looks, and none after them. */
    @Test
    void aFullBatchDoesNotWaitForMore() {
        BatchingOptions two =
                always().maxDelay(Duration.ofMinutes(30)).maxRows(2).build();
        model.open();
        try (Batcher batcher = batcher(two)) {
            for (int round = 0; round < 20_000; round++) {
                CompletableFuture<Served> one = submit(batcher, 1);
                for (int i = 0; i < round % 100 * 20; i++) {
                    Thread.onSpinWait();
                }
                CompletableFuture<Served> other = submit(batcher, 2);
                assertThat(one).as("round %s", round).succeedsWithin(Duration.ofSeconds(10));
                assertThat(other).succeedsWithin(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void oneTakeIsOfOneShape() {
        BatchQueue queue = new BatchQueue(ALWAYS, new BatchTime());
        Tensors wide = Tensors.of("x", new float[1][3]);
        for (Tensors inputs : List.of(row(1), wide, row(2), Tensors.of("x", new double[1][2]), wide)) {
            queue.offer(request(inputs, NONE));
        }
        assertThat(queue.take(false).members).extracting(each -> each.inputs).containsExactly(row(1), row(2));
        assertThat(queue.take(false).members).extracting(each -> each.inputs).containsExactly(wide, wide);
        assertThat(queue.take(false).members).hasSize(1);
        assertThat(queue.take(false).isEmpty()).isTrue();
    }

    private static Request request(RequestContext context) {
        return request(row(1), context);
    }

    private static Request request(Tensors inputs, RequestContext context) {
        return Request.ofThisThread(new Request.Call(inputs, List.of(), context), 1, System.nanoTime());
    }
}
