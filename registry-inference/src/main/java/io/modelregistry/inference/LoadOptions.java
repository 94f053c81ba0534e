package io.modelregistry.inference;

import io.modelregistry.model.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How to load a model; immutable. The defaults suit a service that predicts from several threads on a CPU.
 *
 * <p>An engine ignores what it has no counterpart for.
 */
public final class LoadOptions {
    /** Lets the engine choose the best device that is there, and fall back to the CPU. */
    public static final String AUTO_DEVICE = "auto";

    /** The device that is always there, and the default. */
    public static final String CPU = "cpu";

    private static final LoadOptions DEFAULTS = builder().build();

    private final @Nullable String providerId;
    private final @Nullable PredictorProvider provider;
    private final @Nullable String primaryFile;
    private final String device;
    private final int intraOpThreads;
    private final int interOpThreads;
    private final MemoryArena arena;
    private final Optimization optimization;
    private final WeightLoading weights;
    private final int warmUpRuns;
    private final int maxBatch;
    private final Map<String, String> engineOptions;

    private LoadOptions(Builder builder) {
        providerId = builder.providerId;
        provider = builder.provider;
        primaryFile = builder.primaryFile;
        device = builder.device;
        intraOpThreads = builder.intraOpThreads;
        interOpThreads = builder.interOpThreads;
        arena = builder.arena;
        optimization = builder.optimization;
        weights = builder.weights;
        warmUpRuns = builder.warmUpRuns;
        maxBatch = builder.maxBatch;
        engineOptions = Map.copyOf(builder.engineOptions);
    }

    /** CPU, one thread per call, everything else as the builder says. */
    public static LoadOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.providerId = providerId;
        builder.provider = provider;
        builder.primaryFile = primaryFile;
        builder.device = device;
        builder.intraOpThreads = intraOpThreads;
        builder.interOpThreads = interOpThreads;
        builder.arena = arena;
        builder.optimization = optimization;
        builder.weights = weights;
        builder.warmUpRuns = warmUpRuns;
        builder.maxBatch = maxBatch;
        builder.engineOptions.putAll(engineOptions);
        return builder;
    }

    /** The defaults with another device. */
    public static LoadOptions onDevice(String device) {
        return builder().device(device).build();
    }

    /** The id of the provider to use; empty to let the model decide. */
    public Optional<String> findProviderId() {
        return Optional.ofNullable(providerId);
    }

    /** The provider to use; empty to find one. */
    public Optional<PredictorProvider> findProvider() {
        return Optional.ofNullable(provider);
    }

    /** The file of the model that the engine is pointed at; empty to let the files tell. */
    public Optional<String> findPrimaryFile() {
        return Optional.ofNullable(primaryFile);
    }

    /** Where to run: {@code cpu}, {@code cuda:0}, another name that the engine offers, or {@link #AUTO_DEVICE}. */
    public String device() {
        return device;
    }

    /** Threads that share the work of one operator. */
    public int intraOpThreads() {
        return intraOpThreads;
    }

    /** Operators of one call that may run at the same time. */
    public int interOpThreads() {
        return interOpThreads;
    }

    /** Whether the engine keeps freed memory. */
    public MemoryArena arena() {
        return arena;
    }

    /** How far the engine rewrites the model while loading. */
    public Optimization optimization() {
        return optimization;
    }

    /** How weights get into memory. */
    public WeightLoading weights() {
        return weights;
    }

    /** Predictions with zeros before the predictor is handed out. */
    public int warmUpRuns() {
        return warmUpRuns;
    }

    /** The most rows that {@link Predictor#predictBatch} puts into one call of the engine. */
    public int maxBatch() {
        return maxBatch;
    }

    /** Settings that only one engine knows, by its own names. */
    public Map<String, String> engineOptions() {
        return engineOptions;
    }

    @Override
    public String toString() {
        return "LoadOptions[device=%s, threads=%s/%s, arena=%s, optimization=%s, weights=%s, warmUpRuns=%s, maxBatch=%s, engine=%s]"
                .formatted(
                        device,
                        intraOpThreads,
                        interOpThreads,
                        arena,
                        optimization,
                        weights,
                        warmUpRuns,
                        maxBatch,
                        new TreeMap<>(engineOptions));
    }

    /** Whether the engine keeps freed memory for the next call. */
    public enum MemoryArena {
        /** Keeps it: faster, and the memory of the largest call stays. */
        KEEP,
        /** Gives it back after each call. */
        RELEASE
    }

    /** How far the engine rewrites the model while loading. */
    public enum Optimization {
        /** Runs it as it is. */
        NONE,
        /** Removes what is redundant. */
        BASIC,
        /** Fuses operators too. */
        EXTENDED,
        /** Chooses memory layouts for this machine too. */
        ALL
    }

    /** How weights get into memory. */
    public enum WeightLoading {
        /** Copied and arranged for speed. */
        COPY,
        /**
         * Mapped from files beside the model and shared between processes: loads at once, runs up to twice as long. A
         * model that holds its weights itself only gets slower, and the notes of its description say so.
         */
        MAP
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_THREADS = 1024;

        private @Nullable String providerId;
        private @Nullable PredictorProvider provider;
        private @Nullable String primaryFile;
        private String device = CPU;
        private int intraOpThreads = 1;
        private int interOpThreads = 1;
        private MemoryArena arena = MemoryArena.KEEP;
        private Optimization optimization = Optimization.ALL;
        private WeightLoading weights = WeightLoading.COPY;
        private int warmUpRuns;
        private int maxBatch = 1024;
        private final Map<String, String> engineOptions = new LinkedHashMap<>();

        private Builder() {}

        /** Chooses a provider by id; needed when two accept the model. Default: the one that accepts it. */
        public Builder provider(String id) {
            providerId = Objects.requireNonNull(id, "id");
            return this;
        }

        /** Uses this provider without looking for others. */
        public Builder provider(PredictorProvider chosen) {
            provider = Objects.requireNonNull(chosen, "chosen");
            return this;
        }

        /**
         * Chooses one model of a folder or version that holds several, such as an encoder and a decoder. Default: the
         * only one. A {@link ModelSource} names its own.
         *
         * @param path relative to the folder, with {@code /} between its parts
         */
        public Builder primaryFile(String path) {
            primaryFile = Objects.requireNonNull(path, "path");
            return this;
        }

        /**
         * {@code cpu} (the default), {@code cuda:0}, another name that the engine offers, or {@code auto}. Case does
         * not matter.
         */
        public Builder device(String name) {
            if (name.isBlank()) {
                throw new InvalidValueException(
                        "device", name, "it is blank", "cpu, cuda:0, auto or a name of the engine");
            }
            device = name.strip();
            return this;
        }

        /** Threads that share the work of one operator; 1 by default, which is best when several threads predict. */
        public Builder intraOpThreads(int threads) {
            intraOpThreads = inRange("intra-op threads", threads, 1, MAX_THREADS);
            return this;
        }

        /** Operators of one call that may run at the same time; 1 by default. */
        public Builder interOpThreads(int threads) {
            interOpThreads = inRange("inter-op threads", threads, 1, MAX_THREADS);
            return this;
        }

        /** {@link MemoryArena#KEEP} by default. */
        public Builder arena(MemoryArena choice) {
            arena = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** {@link Optimization#ALL} by default. */
        public Builder optimization(Optimization level) {
            optimization = Objects.requireNonNull(level, "level");
            return this;
        }

        /** {@link WeightLoading#COPY} by default. */
        public Builder weights(WeightLoading choice) {
            weights = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** Predictions with zeros before the predictor is handed out; 0 by default. A failing one fails the load. */
        public Builder warmUpRuns(int runs) {
            warmUpRuns = inRange("warm-up runs", runs, 0, 1_000_000);
            return this;
        }

        /**
         * The most rows that {@link Predictor#predictBatch} puts into one call of the engine; 1024 by default, 1 for
         * none.
         */
        public Builder maxBatch(int rows) {
            maxBatch = inRange("maximum batch", rows, 1, Integer.MAX_VALUE);
            return this;
        }

        /** A setting that only one engine knows, by its own name; for ONNX Runtime a session configuration entry. */
        public Builder engineOption(String name, String value) {
            engineOptions.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** The options as collected so far. */
        public LoadOptions build() {
            return new LoadOptions(this);
        }

        private static int inRange(String thing, int value, int min, int max) {
            if (value < min || value > max) {
                throw new InvalidValueException(
                        thing, Integer.toString(value), "it is out of range", min + " to " + max);
            }
            return value;
        }
    }
}
