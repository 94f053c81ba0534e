package io.modelregistry.inference.profile;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long single predictions took, one after the other.
 *
 * @param p50 half of them took at most this long
 * @param p90 nine of ten
 * @param p99 99 of a hundred
 * @param max the longest one
 * @param samples how many there were
 */
public record Latency(Duration p50, Duration p90, Duration p99, Duration max, int samples) {
    static Latency of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latency(at(sorted, 50), at(sorted, 90), at(sorted, 99), at(sorted, 100), sorted.length);
    }

    /** The smallest sample that at least so many percent of all do not exceed. */
    private static Duration at(long[] sorted, int percent) {
        int rank = (int) (((long) sorted.length * percent + 99) / 100);
        return Duration.ofNanos(sorted[Math.max(0, rank - 1)]);
    }
}
