package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.Objects;

/**
 * A service level objective that a canary has to keep: an indicator that stays at or below a limit.
 *
 * @param indicator what is measured
 * @param percentile which percentile of it, above 0 and at most 100; only latency has one, for others it is 100
 * @param bound how the limit is meant
 * @param limit a ratio of errors, seconds of latency or a difference; or, relative to the primary, how many times its
 *     value
 */
public record Slo(Indicator indicator, double percentile, Bound bound, double limit) {
    /** What is measured of a version in one analysis interval. */
    public enum Indicator {
        /** Failed requests among all, from 0 to 1. */
        ERROR_RATE,
        /** The time from call to answer, in seconds. */
        LATENCY,
        /** The mean over compared requests of the largest absolute difference between two versions' outputs. */
        PREDICTION_DIFFERENCE
    }

    /** How the limit is meant. */
    public enum Bound {
        /** As the value itself. */
        ABSOLUTE,
        /** As how many times the primary's value in the same interval. */
        TIMES_PRIMARY
    }

    /**
     * Checks the numbers.
     *
     * @throws InvalidValueException if the limit is negative or no number, the percentile out of range, or a difference
     *     is to be compared with the primary, which has none
     */
    public Slo {
        Objects.requireNonNull(indicator, "indicator");
        Objects.requireNonNull(bound, "bound");
        limit += 0.0; // no negative zero, which no document tells from zero
        if (!(limit >= 0) || Double.isInfinite(limit)) {
            throw new InvalidValueException(
                    "limit of an SLO", Double.toString(limit), "it is not a size", "a number of 0 or more");
        }
        if (!(percentile > 0 && percentile <= 100)) {
            throw new InvalidValueException(
                    "percentile", Double.toString(percentile), "it is out of range", "more than 0, at most 100");
        }
        if (indicator != Indicator.LATENCY && percentile != 100) {
            throw new InvalidValueException(
                    "percentile", Double.toString(percentile), "only latency has one", "100 for other indicators");
        }
        if (indicator == Indicator.PREDICTION_DIFFERENCE && bound == Bound.TIMES_PRIMARY) {
            throw new InvalidValueException(
                    "bound of an SLO", bound.toString(), "the primary has no prediction difference", "an absolute one");
        }
    }

    /** At most this share of the requests fails, such as 0.01. */
    public static Slo errorRateBelow(double ratio) {
        if (ratio > 1) {
            throw new InvalidValueException("error rate", Double.toString(ratio), "it is above 1", "0 to 1");
        }
        return new Slo(Indicator.ERROR_RATE, 100, Bound.ABSOLUTE, ratio);
    }

    /** At most so many times the error rate of the primary. */
    public static Slo errorRateTimesPrimary(double times) {
        return new Slo(Indicator.ERROR_RATE, 100, Bound.TIMES_PRIMARY, times);
    }

    /** A percentile of the latency stays within a time. */
    public static Slo latencyBelow(double percentile, Duration time) {
        return new Slo(Indicator.LATENCY, percentile, Bound.ABSOLUTE, time.toNanos() / 1e9);
    }

    /** The 95th percentile of the latency stays within a time. */
    public static Slo p95Below(Duration time) {
        return latencyBelow(95, time);
    }

    /** The 99th percentile of the latency stays within a time. */
    public static Slo p99Below(Duration time) {
        return latencyBelow(99, time);
    }

    /** A percentile of the latency is at most so many times that of the primary. */
    public static Slo latencyTimesPrimary(double percentile, double times) {
        return new Slo(Indicator.LATENCY, percentile, Bound.TIMES_PRIMARY, times);
    }

    /** Outputs for the same inputs differ from the primary's by at most this much on average. */
    public static Slo predictionDifferenceBelow(double difference) {
        return new Slo(Indicator.PREDICTION_DIFFERENCE, 100, Bound.ABSOLUTE, difference);
    }
}
