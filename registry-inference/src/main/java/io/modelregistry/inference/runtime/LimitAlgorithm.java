package io.modelregistry.inference.runtime;

/**
 * Computes a limit from what was observed; deterministic, reads no clock. Not thread-safe: {@link LimitSamples} lets
 * one thread in at a time.
 */
sealed interface LimitAlgorithm permits AimdAlgorithm, Gradient2Algorithm {
    /** The limit as it should be now. */
    int limit();

    /**
     * Learns from one window of time.
     *
     * @param rttNanos how long its requests took on average, from permit to release
     * @param inFlight the most that were in flight at once
     * @param dropped whether one of them was dropped
     * @return the limit as it should be now
     */
    int update(long rttNanos, int inFlight, boolean dropped);

    /** Whether it keeps requests back to measure, so that the window should be as short as possible. */
    boolean isProbing();
}
