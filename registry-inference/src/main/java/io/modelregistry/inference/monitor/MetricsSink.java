package io.modelregistry.inference.monitor;

/**
 * Hears of every request that is served. Called on the thread that answers, after the answer is known: it must be fast
 * and is called by many threads at once. What it throws is logged once and fails no request.
 */
@FunctionalInterface
public interface MetricsSink {
    /** A request ended. */
    void served(ServedRequest request);

    /** A sink that counts nothing. */
    static MetricsSink none() {
        return request -> {};
    }
}
