package io.modelregistry.inference.profile;

import io.modelregistry.inference.LoadOptions;
import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.Objects;

/** What to measure, and for how long; immutable. */
public final class ProfileOptions {
    private static final ProfileOptions DEFAULTS = builder().build();

    private final LoadOptions load;
    private final int maxBatch;
    private final int maxThreads;
    private final Duration warmUp;
    private final Duration measurement;

    private ProfileOptions(Builder builder) {
        load = builder.load;
        maxBatch = builder.maxBatch;
        maxThreads = builder.maxThreads;
        warmUp = builder.warmUp;
        measurement = builder.measurement;
    }

    /** Batches up to 128, threads up to the processors, half a second for each measurement. */
    public static ProfileOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** How the model is loaded; the profile varies the intra-op threads. */
    public LoadOptions load() {
        return load;
    }

    /** The largest batch. */
    public int maxBatch() {
        return maxBatch;
    }

    /** The most threads, of callers and inside of an operator. */
    public int maxThreads() {
        return maxThreads;
    }

    /** How long to predict before the first measurement. */
    public Duration warmUp() {
        return warmUp;
    }

    /** How long each measurement takes; at least one call is made. */
    public Duration measurement() {
        return measurement;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private static final int MOST = 1 << 20;
        private static final Duration LONGEST = Duration.ofHours(1);

        private LoadOptions load = LoadOptions.defaults();
        private int maxBatch = 128;
        private int maxThreads = Runtime.getRuntime().availableProcessors();
        private Duration warmUp = Duration.ofSeconds(1);
        private Duration measurement = Duration.ofMillis(500);

        private Builder() {}

        /** {@link LoadOptions#defaults} by default. */
        public Builder load(LoadOptions options) {
            load = Objects.requireNonNull(options, "options");
            return this;
        }

        /** 128 by default. */
        public Builder maxBatch(int rows) {
            maxBatch = inRange("maximum batch", rows);
            return this;
        }

        /** The number of processors by default. */
        public Builder maxThreads(int threads) {
            maxThreads = inRange("maximum threads", threads);
            return this;
        }

        /** 1 second by default. */
        public Builder warmUp(Duration duration) {
            warmUp = inRange("warm-up", duration);
            return this;
        }

        /** Half a second by default. */
        public Builder measurement(Duration duration) {
            measurement = inRange("measurement", duration);
            return this;
        }

        /** The options as collected so far. */
        public ProfileOptions build() {
            return new ProfileOptions(this);
        }

        private static int inRange(String thing, int value) {
            if (value < 1 || value > MOST) {
                throw new InvalidValueException(thing, Integer.toString(value), "it is out of range", "1 to " + MOST);
            }
            return value;
        }

        private static Duration inRange(String thing, Duration value) {
            if (value.isNegative() || value.compareTo(LONGEST) > 0) {
                throw new InvalidValueException(thing, value.toString(), "it is out of range", "zero to " + LONGEST);
            }
            return value;
        }
    }
}
