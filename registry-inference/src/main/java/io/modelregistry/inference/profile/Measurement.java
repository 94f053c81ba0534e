package io.modelregistry.inference.profile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Repeats calls for some time and looks at the clock. */
final class Measurement {
    private static final int MAX_SAMPLES = 1 << 20;
    private static final double NANOS = 1e9;

    private final LongSupplier clock;
    private final Duration length;

    Measurement(LongSupplier clock, Duration length) {
        this.clock = clock;
        this.length = length;
    }

    /** Calls again and again for some time, at least once, and returns the calls in a second. */
    double repeat(Runnable call, Duration duration) {
        long start = clock.getAsLong();
        long passed = 0;
        long calls = 0;
        while (calls == 0 || passed < duration.toNanos()) {
            call.run();
            calls++;
            passed = clock.getAsLong() - start;
        }
        return calls * NANOS / Math.max(1, passed);
    }

    /** How many nanoseconds each of many calls took. */
    long[] latencies(Runnable call) {
        long[] samples = new long[1024];
        int count = 0;
        long start = clock.getAsLong();
        long before = start;
        while (count == 0 || (before - start < length.toNanos() && count < MAX_SAMPLES)) {
            call.run();
            long after = clock.getAsLong();
            samples = count == samples.length ? Arrays.copyOf(samples, 2 * count) : samples;
            samples[count++] = after - before;
            before = after;
        }
        return Arrays.copyOf(samples, count);
    }

    /** The calls in a second of several callers together, each on a thread of its own unless there is just one. */
    double callsPerSecond(List<? extends Runnable> callers) {
        if (callers.size() == 1) {
            return repeat(callers.get(0), length);
        }
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(callers.size(), task -> {
            Thread thread = new Thread(task, "profile-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        CyclicBarrier together = new CyclicBarrier(callers.size());
        try {
            List<Future<Double>> rates = new ArrayList<>();
            for (Runnable caller : callers) {
                rates.add(threads.submit(() -> {
                    together.await();
                    return repeat(caller, length);
                }));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            return sum;
        } catch (InterruptedException e) {
            throw ModelProfiler.interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
