package io.modelregistry.inference.deployment;

import io.modelregistry.inference.runtime.LatencyHistogram;
import java.util.concurrent.atomic.LongAdder;

/** What one version has done on this instance since it was first loaded. Thread-safe. */
final class VersionStats {
    private final LongAdder failed = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final LongAdder compared = new LongAdder();
    private final LongAdder differenceMillionths = new LongAdder();

    /** A request was answered after so long. */
    void answered(long nanos) {
        latencies.count(nanos);
    }

    /** The model failed a request. */
    void failed() {
        failed.increment();
    }

    /** The model was busy for so long, with a call that no queue has made. */
    void busy(long nanos) {
        busyNanos.add(nanos);
    }

    /** An answer was compared with that of another version. */
    void compared(double difference) {
        compared.increment();
        // Bounded, so that the sum of very many is none the less a sum.
        differenceMillionths.add(Double.isFinite(difference) ? (long) Math.min(1e9, difference * 1e6) : (long) 1e9);
    }

    /** How long the model has been busy in all with calls that no queue has made. */
    long busyNanos() {
        return busyNanos.sum();
    }

    /** Everything so far. */
    Reading read() {
        return new Reading(latencies.counts(), failed.sum(), compared.sum(), differenceMillionths.sum());
    }

    /**
     * What was counted up to a time, or in an interval.
     *
     * @param latencies of the answered requests
     * @param failed the requests that the model failed
     * @param compared the answers that were compared
     * @param millionths the sum of their differences, in millionths
     */
    record Reading(LatencyHistogram.Counts latencies, long failed, long compared, long millionths) {
        static final Reading NONE = new Reading(LatencyHistogram.Counts.none(), 0, 0, 0);

        /** What came after an earlier reading. */
        Reading since(Reading earlier) {
            return new Reading(
                    latencies.since(earlier.latencies),
                    failed - earlier.failed,
                    compared - earlier.compared,
                    millionths - earlier.millionths);
        }

        /** The requests that the model answered or failed. */
        long requests() {
            return latencies.total() + failed;
        }

        /** The share that failed; 0 of none. */
        double errorRate() {
            return requests() == 0 ? 0 : (double) failed / requests();
        }

        /** A percentile of the latency, in seconds. */
        double latency(double percentile) {
            return latencies.percentile(percentile) / 1e9;
        }

        /** The mean difference of the compared answers. */
        double difference() {
            return compared == 0 ? 0 : millionths / 1e6 / compared;
        }
    }
}
