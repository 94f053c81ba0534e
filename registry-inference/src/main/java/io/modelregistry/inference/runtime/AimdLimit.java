package io.modelregistry.inference.runtime;

import java.time.Duration;

/**
 * Settings of a limit that grows additively and shrinks multiplicatively, as TCP does (AIMD); immutable.
 *
 * <p>A window of time in which the limit was at least half used and nothing was dropped raises the limit by one. A
 * window with a dropped request, or whose requests took longer than the timeout on average, multiplies it with the
 * backoff ratio. So it finds the largest number of requests that all still finish in time; it does not try to avoid
 * queues inside the model below that.
 *
 * @see <a href="https://github.com/Netflix/concurrency-limits">concurrency-limits by Netflix (Apache-2.0), whose idea
 *     this follows</a>
 */
public final class AimdLimit implements ConcurrencyLimit {
    private final LimitRange range;
    private final double backoffRatio;
    private final long timeoutNanos;
    private final long windowNanos;

    private AimdLimit(Builder builder) {
        range = new LimitRange(builder.initial, builder.minimum, builder.maximum);
        backoffRatio = builder.backoffRatio;
        timeoutNanos = builder.timeoutNanos;
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

    /** What the limit is multiplied with when a request was dropped. */
    public double backoffRatio() {
        return backoffRatio;
    }

    /** The average time of a request above which a window counts as one with a dropped request. */
    public Duration timeout() {
        return Duration.ofNanos(timeoutNanos);
    }

    /** The shortest time between two changes of the limit. */
    public Duration window() {
        return Duration.ofNanos(windowNanos);
    }

    LimitRange range() {
        return range;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    long windowNanos() {
        return windowNanos;
    }

    @Override
    public String toString() {
        return "AimdLimit[%s, backoffRatio=%s, timeout=%s, window=%s]"
                .formatted(range, backoffRatio, timeout(), window());
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private int initial = LimitRange.BY_PROCESSORS;
        private int minimum = LimitRange.defaults().minimum();
        private int maximum = LimitRange.defaults().maximum();
        private double backoffRatio = 0.9;
        private long timeoutNanos = Duration.ofSeconds(5).toNanos();
        private long windowNanos = Duration.ofMillis(100).toNanos();

        private Builder() {}

        /** The limit at the start; by default the number of processors. */
        public Builder initial(int limit) {
            initial = Bounds.inRange("initial limit", limit, 1, MAX_PERMITS);
            return this;
        }

        /** The least that the limit falls to; 1 by default. */
        public Builder minimum(int limit) {
            minimum = limit;
            return this;
        }

        /** The most that the limit grows to; 200 by default. */
        public Builder maximum(int limit) {
            maximum = limit;
            return this;
        }

        /** What the limit is multiplied with when a request was dropped, 0.5 to 0.99; 0.9 by default. */
        public Builder backoffRatio(double ratio) {
            backoffRatio = Bounds.inRange("backoff ratio", ratio, 0.5, 0.99);
            return this;
        }

        /** The average time of a request above which a window counts as one with a dropped request; 5 s by default. */
        public Builder timeout(Duration time) {
            timeoutNanos = Bounds.positiveNanos("timeout of the limit", time);
            return this;
        }

        /** The shortest time between two changes of the limit; 100 ms by default. */
        public Builder window(Duration time) {
            windowNanos = Bounds.nanos("window of the limit", time);
            return this;
        }

        /** The settings as collected so far. */
        public AimdLimit build() {
            return new AimdLimit(this);
        }
    }
}
