package io.modelregistry.inference.runtime;

import java.time.Duration;

/**
 * Settings of a limit that follows how long requests take compared to how long they usually take (Gradient2);
 * immutable.
 *
 * <p>As long as requests take at most {@link #tolerance()} times their usual time, the limit may grow by the square
 * root of itself; when they take longer, a queue has formed inside the model and the limit shrinks in proportion. With
 * a model that computes {@code c} requests at once and callers that want more, the limit settles at about
 * {@code tolerance * c + sqrt(limit)}, which is twice {@code c} for a {@code c} of 8.
 *
 * @see <a href="https://github.com/Netflix/concurrency-limits">concurrency-limits by Netflix (Apache-2.0), whose idea
 *     this follows</a>
 */
public final class Gradient2Limit implements ConcurrencyLimit {
    private final LimitRange range;
    private final double smoothing;
    private final double tolerance;
    private final int longWindow;
    private final long windowNanos;

    private Gradient2Limit(Builder builder) {
        range = new LimitRange(builder.initial, builder.minimum, builder.maximum);
        smoothing = builder.smoothing;
        tolerance = builder.tolerance;
        longWindow = builder.longWindow;
        windowNanos = builder.windowNanos;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The limit at the start. */
    public int initial() {
        return range.initial();
    }

    /** The least that the limit falls to. */
    public int minimum() {
        return range.minimum();
    }

    /** The most that the limit grows to. */
    public int maximum() {
        return range.maximum();
    }

    /** How much of a change is made at once; 1 is all of it. */
    public double smoothing() {
        return smoothing;
    }

    /** How many times longer than usual requests may take before the limit shrinks. */
    public double tolerance() {
        return tolerance;
    }

    /** Over how many windows the usual time is learnt. */
    public int longWindow() {
        return longWindow;
    }

    /** The shortest time between two changes of the limit. */
    public Duration window() {
        return Duration.ofNanos(windowNanos);
    }

    LimitRange range() {
        return range;
    }

    long windowNanos() {
        return windowNanos;
    }

    @Override
    public String toString() {
        return "Gradient2Limit[%s, smoothing=%s, tolerance=%s, longWindow=%s, window=%s]"
                .formatted(range, smoothing, tolerance, longWindow, window());
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private int initial = LimitRange.BY_PROCESSORS;
        private int minimum = LimitRange.defaults().minimum();
        private int maximum = LimitRange.defaults().maximum();
        private double smoothing = 0.2;
        private double tolerance = 1.5;
        private int longWindow = 600;
        private long windowNanos = Duration.ofMillis(100).toNanos();

        private Builder() {}

        /** The limit at the start; by default the number of processors. */
        public Builder initial(int limit) {
            initial = Bounds.inRange("initial limit", limit, 1, MAX_PERMITS);
            return this;
        }

        /** The least that the limit falls to, and the limit while the usual time is measured anew; 1 by default. */
        public Builder minimum(int limit) {
            minimum = limit;
            return this;
        }

        /** The most that the limit grows to; 200 by default. */
        public Builder maximum(int limit) {
            maximum = limit;
            return this;
        }

        /** How much of a change is made at once, more than 0, at most 1, which is all of it; 0.2 by default. */
        public Builder smoothing(double part) {
            smoothing = Bounds.fraction("smoothing", part);
            return this;
        }

        /** How many times longer than usual requests may take before the limit shrinks, 1 to 10; 1.5 by default. */
        public Builder tolerance(double times) {
            tolerance = Bounds.inRange("tolerance", times, 1, 10);
            return this;
        }

        /**
         * Over how many windows the usual time is learnt, and after how many in which the limit was reached it is
         * measured anew; 600 by default.
         */
        public Builder longWindow(int windows) {
            longWindow = Bounds.inRange("long window", windows, 10, 1_000_000);
            return this;
        }

        /** The shortest time between two changes of the limit; 100 ms by default. */
        public Builder window(Duration time) {
            windowNanos = Bounds.nanos("window of the limit", time);
            return this;
        }

        /** The settings as collected so far. */
        public Gradient2Limit build() {
            return new Gradient2Limit(this);
        }
    }
}
