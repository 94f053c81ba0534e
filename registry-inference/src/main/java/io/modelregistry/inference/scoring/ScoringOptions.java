package io.modelregistry.inference.scoring;

import io.modelregistry.model.InvalidValueException;
import java.util.List;

/**
 * How rows are put into calls of the engine; immutable.
 *
 * <p>At most {@code rowsPerBatch} times {@code batchesInFlight} inputs are alive at any time.
 */
public final class ScoringOptions {
    private static final ScoringOptions DEFAULTS = builder().build();

    private final int rowsPerBatch;
    private final int parallelCalls;
    private final int batchesInFlight;
    private final List<String> outputs;

    private ScoringOptions(Builder builder) {
        rowsPerBatch = builder.rowsPerBatch;
        parallelCalls = builder.parallelCalls;
        batchesInFlight = builder.batchesInFlight == 0 ? 2 * builder.parallelCalls : builder.batchesInFlight;
        outputs = builder.outputs;
    }

    /** 128 rows a batch, one call of the engine for each processor, all outputs. */
    public static ScoringOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The most inputs that are handed to the predictor together. */
    public int rowsPerBatch() {
        return rowsPerBatch;
    }

    /** The most calls of the predictor at the same time. */
    public int parallelCalls() {
        return parallelCalls;
    }

    /** The most batches that were read and are not yet handed out; this bounds the memory. */
    public int batchesInFlight() {
        return batchesInFlight;
    }

    /** The names of the outputs to compute; empty for all. */
    public List<String> outputs() {
        return outputs;
    }

    @Override
    public String toString() {
        return "ScoringOptions[rowsPerBatch=" + rowsPerBatch + ", parallelCalls=" + parallelCalls + ", batchesInFlight="
                + batchesInFlight + ", outputs=" + outputs + "]";
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_ROWS = 1_000_000;
        private static final int MAX_BATCHES = 10_000;

        private int rowsPerBatch = 128;
        private int parallelCalls = Runtime.getRuntime().availableProcessors();
        private int batchesInFlight;
        private List<String> outputs = List.of();

        private Builder() {}

        /** 128 by default. */
        public Builder rowsPerBatch(int rows) {
            rowsPerBatch = inRange("rows per batch", rows, MAX_ROWS);
            return this;
        }

        /** The number of processors by default, which suits a predictor that uses one thread for each call. */
        public Builder parallelCalls(int calls) {
            parallelCalls = inRange("parallel calls", calls, MAX_BATCHES / 2);
            return this;
        }

        /** Twice the parallel calls by default. */
        public Builder batchesInFlight(int batches) {
            batchesInFlight = inRange("batches in flight", batches, MAX_BATCHES);
            return this;
        }

        /** All by default. */
        public Builder outputs(String... names) {
            outputs = List.of(names);
            return this;
        }

        /** The options as collected so far. */
        public ScoringOptions build() {
            return new ScoringOptions(this);
        }

        private static int inRange(String thing, int value, int max) {
            if (value < 1 || value > max) {
                throw new InvalidValueException(thing, Integer.toString(value), "it is out of range", "1 to " + max);
            }
            return value;
        }
    }
}
