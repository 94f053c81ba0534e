package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A breaker on a clock that the test moves. */
final class CircuitBreakerTest {
    private static final long SECOND = 1_000_000_000L;

    /** Near the end of what a long holds: a monotonic clock may wrap around. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

    private CircuitBreaker breaker(CircuitBreakerOptions.Builder options) {
        return new CircuitBreaker("digits", options.build(), clock::get);
    }

    private static CircuitBreakerOptions.Builder options() {
        return CircuitBreakerOptions.builder()
                .windowCalls(10)
                .minimumCalls(5)
                .openFor(Duration.ofSeconds(10))
                .probes(2);
    }

    private static void succeed(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.succeed(breaker.enter());
        }
    }

    private static void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.fail(breaker.enter());
        }
    }

    private CircuitBreaker opened() {
        CircuitBreaker breaker = breaker(options());
        fail(breaker, 5);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
        return breaker;
    }

    private static void assertRefused(CircuitBreaker breaker, String why, Duration retryAfter) {
        assertThatThrownBy(breaker::enter)
                .isInstanceOfSatisfying(CircuitOpenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                    assertThat(e.isRetryable()).isTrue();
                    assertThat(e.retryAfter()).isEqualTo(retryAfter);
                })
                .hasMessage("Cannot predict with 'digits': " + why + ", expected fewer failures; try again in "
                        + retryAfter.toMillis() + " ms");
    }

    @Test
    void itOpensWhenTheRatioIsReachedWithEnoughCalls() {
        CircuitBreaker breaker = breaker(options());
        fail(breaker, 4);
        assertThat(breaker.state()).as("too few calls").isEqualTo(CircuitBreaker.State.CLOSED);
        succeed(breaker, 5);
        fail(breaker, 1);
        assertThat(breaker.state()).as("five of ten").isEqualTo(CircuitBreaker.State.OPEN);
        clock.addAndGet(3 * SECOND);
        assertRefused(breaker, "5 of the last 10 requests failed", Duration.ofSeconds(7));
    }

    @Test
    void whatHasLeftTheWindowCountsNoMore() {
        CircuitBreaker breaker = breaker(options());
        for (int i = 0; i < 10; i++) {
            fail(breaker, 4);
            succeed(breaker, 10);
        }
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        fail(breaker, 4);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        fail(breaker, 1);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aWindowOfTimeForgetsByTheClock() {
        CircuitBreaker breaker = breaker(options().windowTime(Duration.ofSeconds(10)));
        fail(breaker, 4);
        clock.addAndGet(11 * SECOND);
        fail(breaker, 4);
        assertThat(breaker.state()).as("the first four are too old").isEqualTo(CircuitBreaker.State.CLOSED);
        clock.addAndGet(5 * SECOND);
        succeed(breaker, 5);
        fail(breaker, 1);
        assertThat(breaker.state()).as("five of ten").isEqualTo(CircuitBreaker.State.OPEN);
        clock.addAndGet(10 * SECOND);
        succeed(breaker, 2);
        clock.addAndGet(1_000_000 * SECOND);
        fail(breaker, 4);
        assertThat(breaker.state()).as("nothing else is in the window").isEqualTo(CircuitBreaker.State.CLOSED);
        fail(breaker, 1);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aSliceThatIsFullKeepsItsRatio() {
        TimedOutcomes window = new TimedOutcomes(10 * SECOND, clock::get);
        for (int i = 0; i < 6_000_000; i++) {
            window.add(i % 4 == 0);
        }
        long totals = window.totals();
        assertThat(OutcomeWindow.calls(totals)).isGreaterThan(2_000_000);
        assertThat(OutcomeWindow.failures(totals) / (double) OutcomeWindow.calls(totals))
                .isBetween(0.2499, 0.2501);
    }

    @Test
    void badInputsAreNoFailures() {
        CircuitBreaker breaker = breaker(options());
        for (int i = 0; i < 1000; i++) {
            breaker.ignore(breaker.enter());
        }
        fail(breaker, 4);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void onlySoManyProbesPassAndTheirSuccessCloses() {
        CircuitBreaker breaker = opened();
        clock.addAndGet(10 * SECOND - 1);
        assertThatThrownBy(breaker::enter).isInstanceOf(CircuitOpenException.class);
        clock.addAndGet(1);
        long first = breaker.enter();
        long second = breaker.enter();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertRefused(breaker, "2 of 2 trial requests are under way after failures", Duration.ofSeconds(10));
        breaker.succeed(first);
        assertThatThrownBy(breaker::enter).isInstanceOf(CircuitOpenException.class);
        breaker.succeed(second);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        fail(breaker, 4);
        assertThat(breaker.state()).as("the window is empty again").isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aProbeThatFailsOpensAgainForTheWholeTime() {
        CircuitBreaker breaker = opened();
        clock.addAndGet(10 * SECOND);
        long first = breaker.enter();
        long second = breaker.enter();
        breaker.succeed(first);
        breaker.fail(second);
        assertRefused(breaker, "a trial request failed again", Duration.ofSeconds(10));
    }

    @Test
    void aProbeWithABadInputGivesItsPlaceBack() {
        CircuitBreaker breaker = opened();
        clock.addAndGet(10 * SECOND);
        for (int i = 0; i < 5; i++) {
            breaker.ignore(breaker.enter());
        }
        succeed(breaker, 2);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void probesThatNeverReportAreReplaced() {
        CircuitBreaker breaker = opened();
        clock.addAndGet(10 * SECOND);
        long lost = breaker.enter();
        breaker.enter();
        clock.addAndGet(10 * SECOND);
        long first = breaker.enter();
        long second = breaker.enter();
        breaker.fail(lost);
        assertThat(breaker.state()).as("nobody waits for it any more").isEqualTo(CircuitBreaker.State.HALF_OPEN);
        breaker.succeed(first);
        breaker.succeed(second);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void anOutcomeFromBeforeAChangeCountsForNothing() {
        CircuitBreaker breaker = breaker(options());
        List<Long> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            slow.add(breaker.enter());
        }
        fail(breaker, 5);
        breaker.fail(slow.get(0));
        clock.addAndGet(10 * SECOND);
        long probe = breaker.enter();
        breaker.fail(slow.get(1));
        breaker.succeed(slow.get(2));
        breaker.succeed(slow.get(3));
        breaker.ignore(slow.get(4));
        breaker.enter();
        assertThatThrownBy(breaker::enter).as("two probes, no more").isInstanceOf(CircuitOpenException.class);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        breaker.succeed(probe);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void offLetsEverythingPass() {
        CircuitBreaker breaker = CircuitBreaker.off();
        for (int i = 0; i < 1000; i++) {
            breaker.fail(breaker.enter());
        }
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(CircuitBreakerOptions.off().isOff()).isTrue();
    }

    /** The sum of a ring must come out right however its writers interleave. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void noOutcomeIsLostBetweenThreads(int size) throws Exception {
        CountedOutcomes counted = new CountedOutcomes(size);
        TimedOutcomes timed = new TimedOutcomes(3600 * SECOND, clock::get);
        AtomicInteger failures = new AtomicInteger();
        together(4, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 500_000; i++) {
                boolean failed = random.nextBoolean();
                counted.add(failed);
                timed.add(failed);
                failures.addAndGet(failed ? 1 : 0);
            }
        });
        assertThat(timed.totals()).isEqualTo(OutcomeWindow.totals(2_000_000, failures.get()));
        for (int i = 0; i < size; i++) {
            counted.add(false);
        }
        assertThat(counted.totals()).isEqualTo(OutcomeWindow.totals(size, 0));
        for (int i = 0; i < size; i++) {
            counted.add(true);
        }
        assertThat(counted.totals()).isEqualTo(OutcomeWindow.totals(size, size));
    }

    @Test
    void neverMoreProbesThanAllowedBetweenThreads() throws Exception {
        for (int round = 0; round < 5; round++) {
            CircuitBreaker breaker = breaker(options().probes(100_000));
            fail(breaker, 5);
            clock.addAndGet(10 * SECOND);
            List<Long> tickets = Collections.synchronizedList(new ArrayList<>());
            together(4, thread -> {
                List<Long> own = new ArrayList<>();
                for (int i = 0; i < 30_000; i++) {
                    try {
                        own.add(breaker.enter());
                    } catch (CircuitOpenException e) {
                        assertThat(e).hasMessageContaining("trial requests are under way");
                    }
                }
                tickets.addAll(own);
            });
            assertThat(tickets).hasSize(100_000);
            together(
                    2,
                    thread -> tickets.subList(50_000 * thread, 50_000 * thread + 50_000)
                            .forEach(breaker::succeed));
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        }
    }

    private interface Work {
        void run(int thread);
    }

    private static void together(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                done.add(pool.submit(() -> {
                    barrier.await();
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
