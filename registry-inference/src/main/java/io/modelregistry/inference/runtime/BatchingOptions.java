package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

/** How requests are put together into batches; immutable. */
public final class BatchingOptions {
    private static final BatchingOptions OFF = new Builder(false).build();
    private static final BatchingOptions DYNAMIC = new Builder(true).build();

    private final boolean batches;
    private final int maxRows;
    private final Duration maxDelay;
    private final int[] preferredRows;
    private final int queueCapacity;
    private final WhenFull whenFull;
    private final Padding padding;
    private final Use use;

    private BatchingOptions(Builder builder) {
        batches = builder.batches;
        maxRows = builder.maxRows;
        maxDelay = builder.maxDelay;
        preferredRows = builder.preferredRows;
        queueCapacity = builder.queueCapacity;
        whenFull = builder.whenFull;
        padding = builder.padding;
        use = builder.use;
    }

    /** No batches: each request is a call of its own, and waits for nothing where it is synchronous. */
    public static BatchingOptions off() {
        return OFF;
    }

    /** Batches of what is queued, without any delay, wherever that is faster than calls on the callers' threads. */
    public static BatchingOptions dynamic() {
        return DYNAMIC;
    }

    /** Starts from {@link #dynamic}. */
    public static Builder builder() {
        return new Builder(true);
    }

    /** Starts from {@link #off}, for another queue. */
    public static Builder builderOff() {
        return new Builder(false);
    }

    /** Whether there are batches at all. */
    public boolean isOff() {
        return !batches;
    }

    /** The most rows of one call of the model; an input that has more is computed in parts. */
    public int maxRows() {
        return maxRows;
    }

    /** How long the oldest request waits for others. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** The numbers of rows that the model computes best, ascending. */
    public int[] preferredRows() {
        return preferredRows.clone();
    }

    /** The most requests that wait. */
    public int queueCapacity() {
        return queueCapacity;
    }

    /** What a request meets when the queue is full. */
    public WhenFull whenFull() {
        return whenFull;
    }

    /** Whether a batch may be filled up to a preferred number of rows. */
    public Padding padding() {
        return padding;
    }

    /** When batches are used. */
    public Use use() {
        return use;
    }

    @Override
    public String toString() {
        return batches
                ? "BatchingOptions[maxRows=%s, maxDelay=%s, preferredRows=%s, queueCapacity=%s, whenFull=%s, padding=%s, use=%s]"
                        .formatted(
                                maxRows,
                                maxDelay,
                                Arrays.toString(preferredRows),
                                queueCapacity,
                                whenFull,
                                padding,
                                use)
                : "BatchingOptions[off, queueCapacity=%s, whenFull=%s]".formatted(queueCapacity, whenFull);
    }

    /** What a request meets when the queue is full. */
    public enum WhenFull {
        /** It is refused with an {@link OverloadedException}. */
        REJECT,
        /** Its thread waits for room, up to the deadline of the request. */
        WAIT
    }

    /** Whether a batch may be filled up to a preferred number of rows. */
    public enum Padding {
        /** A batch has the rows that were asked for. */
        NONE,
        /** The last row is repeated up to the next preferred number of rows; what comes of it is dropped. */
        REPEAT_LAST_ROW
    }

    /** When batches are used. */
    public enum Use {
        /** Where they serve synchronous callers faster than calls on the callers' own threads, which is measured. */
        WHERE_FASTER,
        /** Always. */
        ALWAYS
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private final boolean batches;
        private int maxRows = 64;
        private Duration maxDelay = Duration.ZERO;
        private int[] preferredRows = {};
        private int queueCapacity = 1_000;
        private WhenFull whenFull = WhenFull.REJECT;
        private Padding padding = Padding.NONE;
        private Use use = Use.WHERE_FASTER;

        private Builder(boolean batches) {
            this.batches = batches;
        }

        /** The most rows of one call of the model; 64 by default. */
        public Builder maxRows(int rows) {
            maxRows = positive("maximum rows", rows);
            return this;
        }

        /**
         * How long the oldest request waits for others, zero by default: a batch is what came while the last one was
         * computed. With a delay, a lone request waits too.
         */
        public Builder maxDelay(Duration delay) {
            if (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0) {
                throw new InvalidValueException("maximum delay", delay.toString(), "it is out of range", "0 to 1 hour");
            }
            maxDelay = delay;
            return this;
        }

        /** The numbers of rows that the model computes best; none by default. Those above the maximum are ignored. */
        public Builder preferredRows(int... rows) {
            preferredRows = Arrays.stream(rows)
                    .map(each -> positive("preferred rows", each))
                    .sorted()
                    .distinct()
                    .toArray();
            return this;
        }

        /** The most requests that wait; 1,000 by default. */
        public Builder queueCapacity(int requests) {
            queueCapacity = positive("queue capacity", requests);
            return this;
        }

        /** {@link WhenFull#REJECT} by default. */
        public Builder whenFull(WhenFull choice) {
            whenFull = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** {@link Padding#NONE} by default. */
        public Builder padding(Padding choice) {
            padding = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** {@link Use#WHERE_FASTER} by default. */
        public Builder use(Use choice) {
            use = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** The options as collected so far. */
        public BatchingOptions build() {
            return new BatchingOptions(this);
        }

        private static int positive(String thing, int value) {
            if (value < 1) {
                throw new InvalidValueException(thing, Integer.toString(value), "it is too small", "1 or more");
            }
            return value;
        }
    }
}
