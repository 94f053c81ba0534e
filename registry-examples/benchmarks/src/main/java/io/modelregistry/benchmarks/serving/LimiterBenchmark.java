package io.modelregistry.benchmarks.serving;

import io.modelregistry.inference.runtime.CircuitBreaker;
import io.modelregistry.inference.runtime.CircuitBreakerOptions;
import io.modelregistry.inference.runtime.ConcurrencyLimit;
import io.modelregistry.inference.runtime.ConcurrencyLimiter;
import io.modelregistry.inference.runtime.ConcurrencyLimiter.Completion;
import io.modelregistry.inference.runtime.RequestContext;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * What a limiter and a breaker cost a request that need not wait, in CPU time and allocated bytes of the calling
 * thread, with a semaphore in the same turns; and what handing a permit over costs requests that must. Argument:
 * {@code handoff} for the second part alone.
 */
public final class LimiterBenchmark {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 400;
    private static final int WARM_UP_ROUNDS = 100;
    private static final int CALLS = 20_000;
    private static final RequestContext ANY = RequestContext.none();

    private final PrintStream out = System.out;

    private LimiterBenchmark() {}

    /** A loop of its own for each variant, so that the compiler sees one kind of call in it. */
    private interface Loop {
        void run(int calls);
    }

    /** Runs the measurement. */
    public static void main(String[] arguments) throws InterruptedException {
        LimiterBenchmark benchmark = new LimiterBenchmark();
        if (arguments.length == 0) {
            benchmark.uncontended();
        }
        benchmark.handOver();
    }

    private void uncontended() {
        Map<String, Loop> loops = loops();
        double[][] nanos = new double[loops.size()][ROUNDS];
        double[] bytes = new double[loops.size()];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            int i = 0;
            for (Loop loop : loops.values()) {
                long allocated = THREADS.getCurrentThreadAllocatedBytes();
                long before = THREADS.getCurrentThreadCpuTime();
                loop.run(CALLS);
                nanos[i][Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - before) / (double) CALLS;
                bytes[i] = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) CALLS;
                i++;
            }
        }
        int i = 0;
        for (String name : loops.keySet()) {
            double[] ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                ratios[round] = nanos[i][round] / nanos[0][round];
            }
            out.printf(
                    Locale.ROOT,
                    "%-28s %7.1f ns %6.2f x semaphore %8.3f bytes%n",
                    name,
                    median(nanos[i]),
                    median(ratios),
                    bytes[i]);
            i++;
        }
    }

    private static Map<String, Loop> loops() {
        Map<String, Loop> loops = new LinkedHashMap<>();
        loops.put("semaphore", semaphore());
        loops.put("semaphore again", semaphore());
        loops.put("clock", calls -> {
            long sum = 0;
            for (int i = 0; i < calls; i++) {
                sum += System.nanoTime();
            }
            keep(sum);
        });
        loops.put("unlimited", limiter(ConcurrencyLimit.unlimited()));
        loops.put("fixed, 8", limiter(ConcurrencyLimit.fixed(8)));
        loops.put("fixed, 1: full each time", limiter(ConcurrencyLimit.fixed(1)));
        loops.put("aimd", limiter(ConcurrencyLimit.aimd()));
        loops.put("gradient2", limiter(ConcurrencyLimit.gradient2()));
        loops.put("breaker, off", breaker(CircuitBreaker.off()));
        loops.put("breaker, 100 calls", breaker(new CircuitBreaker("digits", CircuitBreakerOptions.defaults())));
        loops.put(
                "breaker, 10 s",
                breaker(new CircuitBreaker(
                        "digits",
                        CircuitBreakerOptions.builder()
                                .windowTime(Duration.ofSeconds(10))
                                .build())));
        return loops;
    }

    private static Loop semaphore() {
        Semaphore semaphore = new Semaphore(8);
        return calls -> {
            for (int i = 0; i < calls; i++) {
                semaphore.acquireUninterruptibly();
                semaphore.release();
            }
        };
    }

    /** The start of a request is read by whoever measures it anyway, so it is not counted here. */
    private static Loop limiter(ConcurrencyLimit limit) {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", limit, 100);
        return calls -> {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                limiter.acquire(ANY);
                limiter.release(start, Completion.SERVED);
            }
        };
    }

    private static Loop breaker(CircuitBreaker breaker) {
        return calls -> {
            for (int i = 0; i < calls; i++) {
                breaker.succeed(breaker.enter());
            }
        };
    }

    /** Requests that compute for a while, by more threads than permits, against semaphores and no limit. */
    private void handOver() throws InterruptedException {
        out.println();
        for (int micros : new int[] {3, 30, 300, 3000}) {
            for (int permits : new int[] {1, 2}) {
                Semaphore fair = new Semaphore(permits, true);
                Semaphore unfair = new Semaphore(permits);
                ConcurrencyLimiter limiter = new ConcurrencyLimiter("digits", ConcurrencyLimit.fixed(permits), 100);
                Runnable[][] variants = {
                    {fair::acquireUninterruptibly, fair::release},
                    {unfair::acquireUninterruptibly, unfair::release},
                    {() -> limiter.acquire(ANY), () -> limiter.release(System.nanoTime(), Completion.SERVED)},
                };
                double[][] perSecond = new double[variants.length][ROUNDS / 40];
                for (int round = -2; round < ROUNDS / 40; round++) {
                    for (int i = 0; i < variants.length; i++) {
                        perSecond[i][Math.max(0, round)] = throughput(variants[i], micros);
                    }
                }
                out.printf(
                        Locale.ROOT,
                        "%,5d us, %s permits, 8 threads: fair semaphore %,9.0f/s, unfair %,9.0f/s, limiter %,9.0f/s%n",
                        micros,
                        permits,
                        median(perSecond[0]),
                        median(perSecond[1]),
                        median(perSecond[2]));
            }
        }
    }

    private static double throughput(Runnable[] variant, int micros) throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + 100_000_000;
        long[] counts = new long[8];
        Thread[] threads = new Thread[counts.length];
        for (int i = 0; i < threads.length; i++) {
            int own = i;
            threads[i] = new Thread(
                    () -> {
                        long count = 0;
                        while (System.nanoTime() - end < 0) {
                            variant[0].run();
                            long until = System.nanoTime() + micros * 1000L;
                            while (System.nanoTime() - until < 0) {
                                Thread.onSpinWait();
                            }
                            variant[1].run();
                            count++;
                        }
                        counts[own] = count;
                    },
                    "limiter-benchmark-" + i);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return Arrays.stream(counts).sum() * 1e9 / (System.nanoTime() - begun);
    }

    private static void keep(long sum) {
        if (sum == 42) {
            throw new IllegalStateException("Never: it keeps the calls alive");
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
