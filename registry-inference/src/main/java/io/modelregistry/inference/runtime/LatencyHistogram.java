package io.modelregistry.inference.runtime;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts times in buckets whose width grows with the time, as an HDR histogram does: a percentile is told to about 3 %.
 *
 * <p>Counts only grow; what happened in an interval is the {@linkplain Counts#since difference} of two readings. A
 * recording is one atomic increment and makes no garbage. Thread-safe.
 */
public final class LatencyHistogram {
    /** Buckets that share a width; twice as many below the first doubling, where each time has its own. */
    private static final int WIDTHS = 32;

    private static final int WIDTH_BITS = 5;
    private static final int BUCKETS = (Long.SIZE - 1 - WIDTH_BITS) * WIDTHS + WIDTHS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    /** Nothing counted yet. */
    public LatencyHistogram() {}

    /** Counts a time; a negative one as zero. */
    public void count(long nanos) {
        counts.getAndIncrement(bucket(Math.max(0, nanos)));
    }

    private static int bucket(long nanos) {
        if (nanos < 2 * WIDTHS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - WIDTH_BITS;
        return shift * WIDTHS + (int) (nanos >>> shift);
    }

    /** The largest time of a bucket. */
    private static long highest(int bucket) {
        if (bucket < 2 * WIDTHS) {
            return bucket;
        }
        int shift = bucket / WIDTHS - 1;
        long leading = bucket - (long) shift * WIDTHS;
        return ((leading + 1) << shift) - 1;
    }

    /** All counts so far. */
    public Counts counts() {
        long[] read = new long[counts.length()];
        for (int i = 0; i < read.length; i++) {
            read[i] = counts.get(i);
        }
        return new Counts(read);
    }

    /** Counts at one time, or of one interval; immutable. */
    public static final class Counts {
        private final long[] buckets;
        private final long total;

        private Counts(long[] buckets) {
            this.buckets = buckets;
            this.total = Arrays.stream(buckets).sum();
        }

        /** No time at all. */
        public static Counts none() {
            return new Counts(new long[BUCKETS]);
        }

        /** How many times were counted. */
        public long total() {
            return total;
        }

        /** What was counted after an earlier reading of the same histogram. */
        public Counts since(Counts earlier) {
            long[] difference = new long[buckets.length];
            for (int i = 0; i < difference.length; i++) {
                difference[i] = buckets[i] - earlier.buckets[i];
            }
            return new Counts(difference);
        }

        /**
         * The time in nanoseconds that a share of the counted ones did not exceed; 0 if there is none.
         *
         * @param percentile above 0, at most 100
         */
        public long percentile(double percentile) {
            long rank = Math.max(1, (long) Math.ceil(total * percentile / 100));
            long seen = 0;
            for (int i = 0; i < buckets.length; i++) {
                seen += buckets[i];
                if (buckets[i] > 0 && seen >= rank) {
                    return highest(i);
                }
            }
            return 0;
        }
    }
}
