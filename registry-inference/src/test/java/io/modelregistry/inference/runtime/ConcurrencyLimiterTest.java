package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.runtime.ConcurrencyLimiter.Completion;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets a permit, who waits, who is refused. */
final class ConcurrencyLimiterTest {
    /** The deadline is far away: it lets a test fail that would wait for ever. */
    private static final RequestContext ANY = RequestContext.none().within(Duration.ofMinutes(10));

    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join(10_000);
        }
    }

    private static ConcurrencyLimiter fixed(int limit, int queue) {
        return new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(limit), queue);
    }

    private static void release(ConcurrencyLimiter limiter) {
        limiter.release(System.nanoTime(), Completion.SERVED);
    }

    /** Acquires in a thread of its own; the interrupt flag of that thread is the name of the failure's suppressed. */
    private Future<Long> acquiring(ConcurrencyLimiter limiter, RequestContext context) {
        CompletableFuture<Long> outcome = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        outcome.complete(limiter.acquire(context));
                    } catch (RegistryException e) {
                        if (Thread.currentThread().isInterrupted()) {
                            e.addSuppressed(new IllegalStateException("interrupted"));
                        }
                        outcome.completeExceptionally(e);
                    }
                },
                "limiter-test");
        thread.setDaemon(true);
        threads.add(thread);
        int before = limiter.waiting();
        thread.start();
        await().until(() -> limiter.waiting() > before || outcome.isDone());
        return outcome;
    }

    private static RegistryException failure(Future<Long> outcome) {
        try {
            throw new AssertionError("Acquired after " + outcome.get(10, TimeUnit.SECONDS) + " ns");
        } catch (ExecutionException e) {
            return (RegistryException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFreePermitIsTakenAtOnceAndOthersWaitForIt() throws Exception {
        try (ConcurrencyLimiter limiter = fixed(2, 5)) {
            assertThat(limiter.acquire(ANY)).isZero();
            assertThat(limiter.acquire(ANY.within(Duration.ofHours(1)))).isZero();
            assertThat(limiter.tryAcquire()).isFalse();
            Future<Long> third = acquiring(limiter, ANY);
            assertThat(limiter).hasToString("ConcurrencyLimiter[digits, limit=2, inFlight=2, waiting=1]");
            release(limiter);
            assertThat(third.get(10, TimeUnit.SECONDS)).isPositive();
            assertThat(limiter.inFlight()).isEqualTo(2);
            assertThat(limiter.waiting()).isZero();
            release(limiter);
            release(limiter);
            assertThat(limiter.tryAcquire()).isTrue();
            release(limiter);
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void nobodyOvertakesWhoWaits() throws Exception {
        try (ConcurrencyLimiter limiter = fixed(1, 5)) {
            limiter.acquire(ANY);
            Future<Long> first = acquiring(limiter, ANY);
            release(limiter);
            // Its thread may not even have woken, but the permit is its own already.
            assertThat(limiter.tryAcquire()).isFalse();
            assertThat(first.get(10, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void waitingGoesByPriorityAndThenByOrder() {
        try (ConcurrencyLimiter limiter = fixed(1, 100)) {
            limiter.acquire(ANY);
            Priority[] order = {
                Priority.LOW,
                Priority.NORMAL,
                Priority.HIGH,
                Priority.NORMAL,
                Priority.LOW,
                Priority.HIGH,
                Priority.NORMAL,
                Priority.LOW,
                Priority.HIGH
            };
            ConcurrentLinkedQueue<String> served = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < order.length; i++) {
                String id = order[i] + " " + i;
                RequestContext context = ANY.priority(order[i]);
                Thread thread = new Thread(
                        () -> {
                            limiter.acquire(context);
                            served.add(id);
                            release(limiter);
                        },
                        "limiter-test");
                threads.add(thread);
                thread.setDaemon(true);
                thread.start();
                int waiting = i + 1;
                await().until(() -> limiter.waiting() == waiting);
            }
            release(limiter);
            await().until(() -> served.size() == order.length);
            assertThat(served)
                    .containsExactly(
                            "HIGH 2",
                            "HIGH 5",
                            "HIGH 8",
                            "NORMAL 1",
                            "NORMAL 3",
                            "NORMAL 6",
                            "LOW 0",
                            "LOW 4",
                            "LOW 7");
        }
    }

    @Test
    void aFullLineRefusesAtOnceWithNumbersAndAHint() {
        try (ConcurrencyLimiter limiter = fixed(2, 3)) {
            for (int i = 0; i < 50; i++) {
                limiter.acquire(ANY);
                limiter.acquire(ANY);
                limiter.release(System.nanoTime() - 20_000_000_000L, Completion.SERVED);
                limiter.release(System.nanoTime() - 20_000_000_000L, Completion.SERVED);
            }
            limiter.acquire(ANY);
            limiter.acquire(ANY);
            for (int i = 0; i < 3; i++) {
                acquiring(limiter, ANY);
            }
            assertThatThrownBy(() -> limiter.acquire(ANY.priority(Priority.HIGH)))
                    .isInstanceOfSatisfying(OverloadedException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                        // Twenty seconds each, two at once, four of them until there is room for this one.
                        assertThat(e.retryAfter()).isBetween(Duration.ofSeconds(39), Duration.ofSeconds(50));
                    })
                    .hasMessageStartingWith("Cannot predict with 'digits': 2 of 2 requests are being computed and"
                            + " 3 of 3 wait, expected fewer requests at once; try again in ");
            assertThat(limiter.waiting()).isEqualTo(3);
        }
    }

    @Test
    void withoutALineWhoFindsNoPermitIsRefused() {
        try (ConcurrencyLimiter limiter = fixed(1, 0)) {
            limiter.acquire(ANY);
            assertThatThrownBy(() -> limiter.acquire(ANY))
                    .isInstanceOfSatisfying(
                            OverloadedException.class,
                            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(1)));
            release(limiter);
            assertThat(limiter.acquire(ANY)).isZero();
        }
    }

    @Test
    void aDeadlineEndsTheWaitAndLeavesNothing() {
        try (ConcurrencyLimiter limiter = fixed(1, 5)) {
            limiter.acquire(ANY);
            assertThatThrownBy(() -> limiter.acquire(ANY.within(Duration.ofMillis(30))))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageMatching("Cannot predict with 'digits': the deadline passed after \\d{2,} ms of"
                            + " waiting, expected a later deadline or fewer requests at once");
            assertThat(limiter.waiting()).isZero();
            release(limiter);
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void aDeadlineThatHasPassedIsRefusedEvenIfAPermitIsFree() {
        try (ConcurrencyLimiter limiter = fixed(1, 5)) {
            RequestContext late = ANY.within(Duration.ofNanos(1));
            await().until(() -> late.remainingNanos() < 0);
            assertThatThrownBy(() -> limiter.acquire(late))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("after 0 ms of waiting");
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        try (ConcurrencyLimiter limiter = fixed(1, 5)) {
            limiter.acquire(ANY);
            Future<Long> waiting = acquiring(limiter, ANY);
            threads.get(0).interrupt();
            RegistryException e = failure(waiting);
            assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT);
            assertThat(e)
                    .hasMessage("Cannot predict with 'digits': the thread was interrupted while it waited for its turn,"
                            + " expected to be let finish")
                    .hasSuppressedException(new IllegalStateException("interrupted"));
            assertThat(limiter.waiting()).isZero();
            release(limiter);
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void anInterruptedThreadMayTakeAFreePermitButNotWait() {
        try (ConcurrencyLimiter limiter = fixed(1, 5)) {
            Thread.currentThread().interrupt();
            assertThat(limiter.acquire(ANY)).isZero();
            assertThatThrownBy(() -> limiter.acquire(ANY)).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(limiter.waiting()).isZero();
        }
    }

    @Test
    void closingEndsAllWaitingAndKeepsPermitsValid() {
        ConcurrencyLimiter limiter = fixed(1, 5);
        limiter.acquire(ANY);
        List<Future<Long>> waiting = List.of(acquiring(limiter, ANY), acquiring(limiter, ANY));
        limiter.close();
        limiter.close();
        for (Future<Long> outcome : waiting) {
            RegistryException e = failure(outcome);
            assertThat(e.code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(e).hasMessage("Cannot predict with 'digits': its limiter is closed, expected an open one");
        }
        assertThat(limiter.waiting()).isZero();
        assertThat(limiter.inFlight()).isEqualTo(1);
        release(limiter);
        assertThat(limiter.inFlight()).isZero();
        assertThat(limiter.tryAcquire()).isFalse();
        assertThatThrownBy(() -> limiter.acquire(ANY)).hasMessageContaining("its limiter is closed");
    }

    @Test
    void aSmallerLimitWaitsForPermitsAndALargerOneLetsIn() throws Exception {
        try (ConcurrencyLimiter limiter = fixed(3, 5)) {
            for (int i = 0; i < 3; i++) {
                limiter.acquire(ANY);
            }
            limiter.resize(1);
            assertThat(limiter.limit()).isEqualTo(1);
            assertThat(limiter.inFlight()).isEqualTo(3);
            List<Future<Long>> waiting =
                    List.of(acquiring(limiter, ANY), acquiring(limiter, ANY), acquiring(limiter, ANY));
            release(limiter);
            release(limiter);
            assertThat(limiter.waiting()).isEqualTo(3);
            limiter.resize(3);
            assertThat(limiter.inFlight()).isEqualTo(3);
            waiting.get(0).get(10, TimeUnit.SECONDS);
            waiting.get(1).get(10, TimeUnit.SECONDS);
            assertThat(waiting.get(2)).isNotDone();
            assertThatThrownBy(() -> limiter.resize(0)).isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void onlyAFixedLimitIsResized() {
        for (ConcurrencyLimit limit :
                List.of(ConcurrencyLimit.unlimited(), ConcurrencyLimit.aimd(), ConcurrencyLimit.gradient2())) {
            try (ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", limit, 5)) {
                assertThatThrownBy(() -> limiter.resize(4))
                        .isInstanceOfSatisfying(
                                RegistryException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                        .hasMessage("Cannot resize the concurrency limit of 'digits': it is not a fixed one,"
                                + " expected a fixed one");
            }
        }
    }

    @Test
    void noLimitCountsAllTheSame() {
        try (ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.unlimited(), 0)) {
            for (int i = 0; i < 10_000; i++) {
                assertThat(limiter.acquire(ANY)).isZero();
            }
            assertThat(limiter.limit()).isEqualTo(Integer.MAX_VALUE);
            assertThat(limiter.inFlight()).isEqualTo(10_000);
        }
    }

    @Test
    void aPermitIsGivenBackOnce() {
        try (ConcurrencyLimiter limiter = fixed(1, 0)) {
            assertThatThrownBy(() -> release(limiter))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("A permit of 'digits' was released twice");
            assertThat(limiter).hasToString("ConcurrencyLimiter[digits, limit=1, inFlight=0, waiting=0]");
        }
    }

    @Test
    void adaptiveLimitsLearnFromWhatIsReleased() throws Exception {
        AimdLimit settings =
                AimdLimit.builder().initial(1).window(Duration.ZERO).build();
        try (ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", settings, 5)) {
            serve(limiter, Completion.SERVED);
            assertThat(limiter.limit()).isEqualTo(2);
            limiter.acquire(ANY);
            limiter.acquire(ANY);
            Future<Long> waiting = acquiring(limiter, ANY);
            limiter.release(System.nanoTime(), Completion.IGNORED);
            waiting.get(10, TimeUnit.SECONDS);
            release(limiter);
            release(limiter);
            int before = limiter.limit();
            serve(limiter, Completion.IGNORED);
            assertThat(limiter.limit()).isEqualTo(before);
            serve(limiter, Completion.DROPPED);
            assertThat(limiter.limit()).isEqualTo(1);
        }
    }

    private static void serve(ConcurrencyLimiter limiter, Completion completion) {
        for (int i = 0; i < 10; i++) {
            limiter.acquire(ANY);
            limiter.release(System.nanoTime(), completion);
        }
    }
}
