package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;

/** When a {@link CircuitBreaker} stops requests and when it lets them through again; immutable. */
public final class CircuitBreakerOptions {
    private static final CircuitBreakerOptions OFF = builder().off().build();

    private final boolean isOff;
    private final double failureRatio;
    private final int windowCalls;
    private final long windowNanos;
    private final int minimumCalls;
    private final long openNanos;
    private final int probes;

    private CircuitBreakerOptions(Builder builder) {
        isOff = builder.isOff;
        failureRatio = builder.failureRatio;
        windowCalls = builder.windowCalls;
        windowNanos = builder.windowNanos;
        minimumCalls = builder.minimumCalls;
        openNanos = builder.openNanos;
        probes = builder.probes;
        if (windowNanos == 0 && minimumCalls > windowCalls) {
            throw new InvalidValueException(
                    "minimum calls",
                    Integer.toString(minimumCalls),
                    "the window is shorter, so it would never open",
                    "at most " + windowCalls);
        }
    }

    /** Everything passes, nothing is counted. */
    public static CircuitBreakerOptions off() {
        return OFF;
    }

    /** Half of the last 100 requests, as the builder says. */
    public static CircuitBreakerOptions defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether everything passes. */
    public boolean isOff() {
        return isOff;
    }

    /** The part of the requests in the window that has to fail. */
    public double failureRatio() {
        return failureRatio;
    }

    /** Over how many requests the ratio is taken; 0 if {@link #windowTime} says. */
    public int windowCalls() {
        return windowNanos == 0 ? windowCalls : 0;
    }

    /** Over which time the ratio is taken; zero if {@link #windowCalls} says. */
    public Duration windowTime() {
        return Duration.ofNanos(windowNanos);
    }

    /** How many requests must be in the window before the ratio means anything. */
    public int minimumCalls() {
        return minimumCalls;
    }

    /** How long nothing is let through. */
    public Duration openFor() {
        return Duration.ofNanos(openNanos);
    }

    /** How many requests are let through after that, all of which must succeed. */
    public int probes() {
        return probes;
    }

    @Override
    public String toString() {
        return isOff
                ? "CircuitBreakerOptions[off]"
                : "CircuitBreakerOptions[failureRatio=%s, window=%s, minimumCalls=%s, openFor=%s, probes=%s]"
                        .formatted(
                                failureRatio,
                                windowNanos == 0 ? windowCalls + " calls" : windowTime(),
                                minimumCalls,
                                openFor(),
                                probes);
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_CALLS = 1_000_000;

        private boolean isOff;
        private double failureRatio = 0.5;
        private int windowCalls = 100;
        private long windowNanos;
        private int minimumCalls = 20;
        private long openNanos = Duration.ofSeconds(10).toNanos();
        private int probes = 3;

        private Builder() {}

        private Builder off() {
            isOff = true;
            return this;
        }

        /** The part of the requests in the window that has to fail, more than 0, at most 1; 0.5 by default. */
        public Builder failureRatio(double ratio) {
            failureRatio = Bounds.fraction("failure ratio", ratio);
            return this;
        }

        /** Takes the ratio over the last so many requests; the default, with 100 of them. */
        public Builder windowCalls(int calls) {
            windowCalls = Bounds.inRange("window of calls", calls, 1, MAX_CALLS);
            windowNanos = 0;
            return this;
        }

        /** Takes the ratio over the requests of so much time, at least 1 ms. */
        public Builder windowTime(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0) {
                throw new InvalidValueException(
                        "window of time", time.toString(), "it is out of range", "at least 1 ms");
            }
            windowNanos = Bounds.positiveNanos("window of time", time);
            return this;
        }

        /** How many requests must be in the window before the ratio means anything; 20 by default. */
        public Builder minimumCalls(int calls) {
            minimumCalls = Bounds.inRange("minimum calls", calls, 1, MAX_CALLS);
            return this;
        }

        /** How long nothing is let through; 10 s by default. */
        public Builder openFor(Duration time) {
            openNanos = Bounds.positiveNanos("open time", time);
            return this;
        }

        /** How many requests are let through after that, all of which must succeed; 3 by default. */
        public Builder probes(int calls) {
            probes = Bounds.inRange("probes", calls, 1, MAX_CALLS);
            return this;
        }

        /** The options as collected so far. */
        public CircuitBreakerOptions build() {
            return new CircuitBreakerOptions(this);
        }
    }
}
