package io.modelregistry.storage.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A number of threads that start together.
 *
 * @param threads how many
 */
public record Race(int threads) {
    /** A race of so many threads. */
    public static Race of(int threads) {
        return new Race(threads);
    }

    /**
     * Runs the same work in every thread, which gets its number, and returns what they return, in the order of the
     * numbers. The first failure is thrown, and the other threads are interrupted, which may be waiting for the one
     * that failed.
     */
    public <T> List<T> run(Runner<T> runner) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CompletionService<T> finished = new ExecutorCompletionService<>(executor);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                futures.add(finished.submit(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return runner.run(number);
                }));
            }
            for (int i = 0; i < threads; i++) {
                finished.take().get();
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
            executor.awaitTermination(60, TimeUnit.SECONDS);
        }
    }

    /** What one thread does. */
    @FunctionalInterface
    public interface Runner<T> {
        /** Runs in the thread of this number, counted from 0. */
        T run(int thread) throws Exception;
    }
}
