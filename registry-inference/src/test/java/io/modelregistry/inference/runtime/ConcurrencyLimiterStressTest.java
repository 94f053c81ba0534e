package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.runtime.ConcurrencyLimiter.Completion;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads, random deadlines, interrupts and limits: no permit is lost and none is given out twice. */
final class ConcurrencyLimiterStressTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int THREADS = 12;
    private static final int REQUESTS = 3000;

    /** What the limit is at most; odd while it is being changed. */
    private volatile long ceiling;

    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noPermitIsLostAndNoneIsTooMany(long seed) throws InterruptedException {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(4), 6);
        publish(4);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * 1000 + i);
            Thread worker = new Thread(() -> work(limiter, random), "limiter-stress-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
        AtomicBoolean over = new AtomicBoolean();
        Thread interrupter = new Thread(
                () -> {
                    Random random = new Random(seed);
                    while (!over.get()) {
                        workers.get(random.nextInt(THREADS)).interrupt();
                        LockSupport.parkNanos(200_000);
                    }
                },
                "limiter-stress-interrupter");
        interrupter.start();
        Random random = new Random(seed);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (errors.isEmpty() && workers.stream().anyMatch(Thread::isAlive)) {
            if (System.nanoTime() - end > 0) {
                errors.add(new AssertionError("Somebody waits for a permit that does not come: " + limiter));
            }
            change(limiter, 1 + random.nextInt(6));
            LockSupport.parkNanos(300_000);
        }
        over.set(true);
        interrupter.join();
        limiter.close(); // If something failed, the others must not wait for ever.
        assertThat(errors).as("seed %s", seed).isEmpty();
        assertThat(served.get() + refused.get()).isEqualTo(THREADS * REQUESTS);
        assertThat(served.get()).as("of %s", THREADS * REQUESTS).isGreaterThan(REQUESTS);
        assertThat(limiter.inFlight()).isZero();
        assertThat(limiter.waiting()).isZero();
    }

    private void publish(int limit) {
        ceiling = ((ceiling >>> 32) + 1) << 32 | limit;
    }

    /** The ceiling goes up before the limit does, and down after the last permit above the limit has come back. */
    private void change(ConcurrencyLimiter limiter, int limit) {
        if (limit > (int) ceiling) {
            publish(limit);
            limiter.resize(limit);
        } else {
            limiter.resize(limit);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (limiter.inFlight() > limit) {
                if (System.nanoTime() - end > 0 || !errors.isEmpty()) {
                    errors.add(new AssertionError("Still above the limit: " + limiter));
                    return;
                }
                Thread.onSpinWait();
            }
            publish(limit);
        }
    }

    private void work(ConcurrencyLimiter limiter, Random random) {
        for (int i = 0; i < REQUESTS; i++) {
            RequestContext context = RequestContext.none().priority(Priority.values()[random.nextInt(3)]);
            if (random.nextInt(3) == 0) {
                context = context.within(Duration.ofNanos(1 + random.nextInt(300_000)));
            }
            try {
                limiter.acquire(context);
            } catch (RegistryException e) {
                refused.incrementAndGet();
                note(e);
                continue;
            } catch (Throwable e) {
                errors.add(e);
                return;
            }
            long start = System.nanoTime();
            active.incrementAndGet();
            check();
            spend(random.nextInt(20_000));
            check();
            active.decrementAndGet();
            served.incrementAndGet();
            limiter.release(start, Completion.values()[random.nextInt(3)]);
        }
    }

    /** Between two equal readings of the ceiling nothing was changed, so what is read between them must fit it. */
    private void check() {
        long before = ceiling;
        int now = active.get();
        if (before == ceiling && now > (int) before) {
            errors.add(new AssertionError(now + " in flight, the limit is " + (int) before));
        }
    }

    private void note(RegistryException e) {
        boolean interrupted = Thread.interrupted();
        if (e.code() == ErrorCode.OVERLOADED) {
            LockSupport.parkNanos(100_000);
        } else if (e.code() != ErrorCode.TIMEOUT || (e.getMessage().contains("interrupted") && !interrupted)) {
            errors.add(e);
        }
    }

    private static void spend(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    /** A waiter whose deadline passes as it is granted a permit hands it on: who waits behind it must not hang. */
    @Test
    void aPermitGrantedAtTheDeadlineIsNotLost() throws InterruptedException {
        Random random = new Random(5);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(1), 5);
        AtomicInteger late = new AtomicInteger();
        int rounds = 3000;
        for (int round = 0; round < rounds; round++) {
            limiter.acquire(RequestContext.none());
            long wait = 20_000 + random.nextInt(100_000);
            Thread first = new Thread(
                    () -> {
                        try {
                            limiter.acquire(RequestContext.none().within(Duration.ofNanos(wait)));
                            limiter.release(System.nanoTime(), Completion.SERVED);
                        } catch (DeadlineExceededException e) {
                            late.incrementAndGet();
                        }
                    },
                    "limiter-stress-first");
            Thread second = new Thread(
                    () -> {
                        limiter.acquire(RequestContext.none());
                        limiter.release(System.nanoTime(), Completion.SERVED);
                    },
                    "limiter-stress-second");
            first.setDaemon(true);
            second.setDaemon(true);
            first.start();
            second.start();
            spend(wait + random.nextInt(60_000));
            limiter.release(System.nanoTime(), Completion.SERVED);
            second.join(PATIENCE.toMillis());
            assertThat(second.isAlive())
                    .as("round %s of seed 5: %s", round, limiter)
                    .isFalse();
            first.join();
            assertThat(limiter.inFlight()).isZero();
            assertThat(limiter.waiting()).isZero();
        }
        assertThat(late.get()).as("both ways must have happened").isBetween(rounds / 100, rounds - rounds / 100);
    }

    /** Between a release and the grant that it makes, somebody who has not waited is always there to try. */
    @Test
    void nobodyOvertakesWhoWaits() throws InterruptedException {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(1), 5);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger overtaken = new AtomicInteger();
        AtomicInteger waiters = new AtomicInteger();
        Thread hasty = new Thread(
                () -> {
                    while (!over.get()) {
                        if (waiters.get() > 0 && limiter.tryAcquire()) {
                            // The waiter counts itself out before it gives its permit back.
                            overtaken.addAndGet(waiters.get());
                            limiter.release(System.nanoTime(), Completion.SERVED);
                        }
                    }
                },
                "limiter-stress-hasty");
        hasty.setDaemon(true);
        hasty.start();
        for (int round = 0; round < 300; round++) {
            limiter.acquire(RequestContext.none());
            Thread waiter = new Thread(
                    () -> {
                        limiter.acquire(RequestContext.none());
                        waiters.decrementAndGet();
                        limiter.release(System.nanoTime(), Completion.SERVED);
                    },
                    "limiter-stress-waiter");
            waiter.setDaemon(true);
            waiter.start();
            while (limiter.waiting() == 0) {
                Thread.onSpinWait();
            }
            waiters.incrementAndGet();
            limiter.release(System.nanoTime(), Completion.SERVED);
            waiter.join(PATIENCE.toMillis());
            assertThat(waiter.isAlive()).isFalse();
        }
        over.set(true);
        hasty.join();
        assertThat(overtaken).hasValue(0);
    }

    @Test
    void closingUnderLoadEndsEveryWait() {
        for (int round = 0; round < 100; round++) {
            ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(2), 100);
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Thread worker = new Thread(
                        () -> {
                            while (true) {
                                try {
                                    limiter.acquire(RequestContext.none());
                                } catch (RegistryException e) {
                                    if (e.code() != ErrorCode.CLOSED) {
                                        errors.add(e);
                                    }
                                    return;
                                }
                                limiter.release(System.nanoTime(), Completion.SERVED);
                            }
                        },
                        "limiter-stress-close");
                worker.setDaemon(true);
                workers.add(worker);
                worker.start();
            }
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .until(() -> limiter.inFlight() > 0 || limiter.waiting() > 0);
            limiter.close();
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> workers.stream().noneMatch(Thread::isAlive));
            assertThat(limiter.inFlight()).isZero();
            assertThat(limiter.waiting()).isZero();
        }
        assertThat(errors).isEmpty();
    }
}
