package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;

/** Between how many replicas, and how fast, a {@link ReplicaAutoscaler} moves; immutable. */
public final class AutoscalingOptions {
    private final int minimum;
    private final int maximum;
    private final double targetUtilisation;
    private final double tolerance;
    private final long upCoolDownNanos;
    private final long downCoolDownNanos;

    private AutoscalingOptions(Builder builder) {
        minimum = builder.minimum;
        maximum = builder.maximum;
        targetUtilisation = builder.targetUtilisation;
        tolerance = builder.tolerance;
        upCoolDownNanos = builder.upCoolDownNanos;
        downCoolDownNanos = builder.downCoolDownNanos;
        if (minimum > maximum) {
            throw new InvalidValueException(
                    "minimum replicas", Integer.toString(minimum), "it is above the maximum", "at most " + maximum);
        }
    }

    /** Between so many replicas, everything else as the builder says. */
    public static AutoscalingOptions between(int minimum, int maximum) {
        return builder().minimum(minimum).maximum(maximum).build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The fewest replicas. */
    public int minimum() {
        return minimum;
    }

    /** The most replicas. */
    public int maximum() {
        return maximum;
    }

    /** The part of the time that a replica should be busy. */
    public double targetUtilisation() {
        return targetUtilisation;
    }

    /** How far the utilisation may be off before anything happens, as a part of the target. */
    public double tolerance() {
        return tolerance;
    }

    /** The shortest time from a change to more replicas. */
    public Duration upCoolDown() {
        return Duration.ofNanos(upCoolDownNanos);
    }

    /** For how long fewer replicas must have been enough before there are fewer. */
    public Duration downCoolDown() {
        return Duration.ofNanos(downCoolDownNanos);
    }

    @Override
    public String toString() {
        return "AutoscalingOptions[%s..%s, targetUtilisation=%s, tolerance=%s, coolDown=%s/%s]"
                .formatted(minimum, maximum, targetUtilisation, tolerance, upCoolDown(), downCoolDown());
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private int minimum = 1;
        private int maximum = 1;
        private double targetUtilisation = 0.70;
        private double tolerance = 0.10;
        private long upCoolDownNanos = Duration.ofSeconds(15).toNanos();
        private long downCoolDownNanos = Duration.ofMinutes(5).toNanos();

        private Builder() {}

        /** The fewest replicas; 1 by default. */
        public Builder minimum(int replicas) {
            minimum = Bounds.inRange("minimum replicas", replicas, 1, Batcher.MAX_PARALLELISM);
            return this;
        }

        /** The most replicas; 1 by default. */
        public Builder maximum(int replicas) {
            maximum = Bounds.inRange("maximum replicas", replicas, 1, Batcher.MAX_PARALLELISM);
            return this;
        }

        /** The part of the time that a replica should be busy, more than 0, at most 1; 0.70 by default. */
        public Builder targetUtilisation(double part) {
            targetUtilisation = Bounds.fraction("target utilisation", part);
            return this;
        }

        /** How far the utilisation may be off before anything happens, as a part of the target; 0.10 by default. */
        public Builder tolerance(double part) {
            tolerance = Bounds.inRange("tolerance of the utilisation", part, 0, 1);
            return this;
        }

        /** The shortest time from a change to more replicas; 15 s by default. */
        public Builder upCoolDown(Duration time) {
            upCoolDownNanos = Bounds.nanos("cool-down before more replicas", time);
            return this;
        }

        /** For how long fewer replicas must have been enough before there are fewer; 5 minutes by default. */
        public Builder downCoolDown(Duration time) {
            downCoolDownNanos = Bounds.nanos("cool-down before fewer replicas", time);
            return this;
        }

        /** The options as collected so far. */
        public AutoscalingOptions build() {
            return new AutoscalingOptions(this);
        }
    }
}
