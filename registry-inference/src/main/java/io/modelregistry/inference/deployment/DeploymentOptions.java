package io.modelregistry.inference.deployment;

import io.modelregistry.RegistryEnvironment;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.runtime.AutoscalingOptions;
import io.modelregistry.inference.runtime.BatchingOptions;
import io.modelregistry.inference.runtime.CircuitBreakerOptions;
import io.modelregistry.inference.runtime.ConcurrencyLimit;
import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How one instance serves a deployment; immutable. What the fleet shares (reference, traffic, rollout) is in the
 * deployment's desired state; of these options only whether it follows its reference, by which plan, a number of
 * replicas and the labels go there, when the deployment is made.
 */
public final class DeploymentOptions {
    private static final DeploymentOptions DEFAULTS = builder().build();

    private final Builder from;

    private DeploymentOptions(Builder builder) {
        from = builder.copy();
    }

    /** The defaults, as the builder says them. */
    public static DeploymentOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many calls of the model run at once on this instance, if the host said so. */
    public Optional<Integer> replicas() {
        return Optional.ofNullable(from.replicas);
    }

    /** The engine, its threads and its device. */
    public LoadOptions load() {
        return from.load;
    }

    /** What a version is taken to need in memory before it is loaded; empty to estimate it. */
    public OptionalLong memoryBytes() {
        return from.memoryBytes == null ? OptionalLong.empty() : OptionalLong.of(from.memoryBytes);
    }

    /** What is told with the status of this instance. */
    public Map<String, String> labels() {
        return from.labels;
    }

    /** How requests are put together. */
    public BatchingOptions batching() {
        return from.batching;
    }

    /** How many synchronous requests are computed at once. */
    public ConcurrencyLimit limit() {
        if (from.limit != null) {
            return from.limit;
        }
        return from.replicas == null ? ConcurrencyLimit.unlimited() : ConcurrencyLimit.fixed(from.replicas);
    }

    /** How many synchronous requests may wait for the limit. */
    public int queueCapacity() {
        return from.queueCapacity;
    }

    /** When a version that fails is given a rest. */
    public CircuitBreakerOptions circuitBreaker() {
        return from.circuitBreaker;
    }

    /** How the number of replicas follows the load; empty if it does not. */
    public Optional<AutoscalingOptions> autoscaling() {
        return Optional.ofNullable(from.autoscaling);
    }

    /** How the deployment goes to another version that its reference comes to mean. */
    public RolloutPlan onChange() {
        return from.onChange;
    }

    /** Whether the deployment goes along when its reference comes to mean another version. */
    public boolean isFollowing() {
        return from.following;
    }

    /** In which order versions are loaded and unloaded. */
    public SwapOrder swapOrder() {
        return from.swapOrder;
    }

    /** How many versions stay loaded. */
    public int loadedVersions() {
        return from.loadedVersions;
    }

    /** When the model is loaded. */
    public Loading loading() {
        return from.loading;
    }

    /** How long calls of a replaced version may wait in its queue. */
    public Duration drainTimeout() {
        return from.drainTimeout;
    }

    /** How long a load may take. */
    public Duration loadTimeout() {
        return from.loadTimeout;
    }

    /** How many predictions check and measure a version before it serves; 0 for none. */
    public int checkRuns() {
        return from.checkRuns;
    }

    /** The highest median latency with which a version may begin to serve; empty for any. */
    public Optional<Duration> slowest() {
        return Optional.ofNullable(from.slowest);
    }

    /** Whether callers of the present version have to be able to call the next one. */
    public Compatibility compatibility() {
        return from.compatibility;
    }

    /** In which order versions are loaded and unloaded. */
    public enum SwapOrder {
        /** The new one first: no gap, and for a while the memory of both. */
        LOAD_FIRST,
        /** The old one is unloaded first: the memory of one, and requests wait meanwhile. */
        UNLOAD_FIRST
    }

    /** When the model is loaded. */
    public enum Loading {
        /** When it is deployed, and it stays. */
        EAGER,
        /** With the first request; when nobody uses it, it may be unloaded to make room for another. */
        ON_DEMAND
    }

    /** Whether callers of the present version have to be able to call the next one. */
    public enum Compatibility {
        /** A version with an incompatible signature is refused. */
        REQUIRED,
        /** Any signature is taken. */
        ANY
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        /** What is longer is for ever, and fits into nanoseconds. */
        private static final Duration LONGEST = Duration.ofDays(10_000);

        private @Nullable Integer replicas;
        private LoadOptions load = LoadOptions.defaults();
        private @Nullable Long memoryBytes;
        private Map<String, String> labels = new LinkedHashMap<>();
        private BatchingOptions batching = BatchingOptions.off();
        private @Nullable ConcurrencyLimit limit;
        private int queueCapacity = 1_000;
        private CircuitBreakerOptions circuitBreaker = CircuitBreakerOptions.off();
        private @Nullable AutoscalingOptions autoscaling;
        private RolloutPlan onChange = RolloutPlan.immediate();
        private boolean following;
        private SwapOrder swapOrder = SwapOrder.LOAD_FIRST;
        private int loadedVersions = 1;
        private Loading loading = Loading.EAGER;
        private Duration drainTimeout = Duration.ofSeconds(30);
        private Duration loadTimeout = Duration.ofMinutes(5);
        private int checkRuns = 10;
        private @Nullable Duration slowest;
        private Compatibility compatibility = Compatibility.REQUIRED;

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.replicas = replicas;
            copy.load = load;
            copy.memoryBytes = memoryBytes;
            copy.labels = Map.copyOf(labels);
            copy.batching = batching;
            copy.limit = limit;
            copy.queueCapacity = queueCapacity;
            copy.circuitBreaker = circuitBreaker;
            copy.autoscaling = autoscaling;
            copy.onChange = onChange;
            copy.following = following;
            copy.swapOrder = swapOrder;
            copy.loadedVersions = loadedVersions;
            copy.loading = loading;
            copy.drainTimeout = drainTimeout;
            copy.loadTimeout = loadTimeout;
            copy.checkRuns = checkRuns;
            copy.slowest = slowest;
            copy.compatibility = compatibility;
            return copy;
        }

        /**
         * Takes the number of replicas and of threads from the environment of the process, where it says them.
         *
         * @throws InvalidValueException if a variable is out of range
         */
        public Builder environment(RegistryEnvironment environment) {
            environment.replicas().ifPresent(this::replicas);
            environment
                    .threads()
                    .ifPresent(threads ->
                            load(load.toBuilder().intraOpThreads(threads).build()));
            return this;
        }

        /**
         * How many calls of the model run at once on each instance; by default as many synchronous ones as there are
         * callers, and as many of a queue as there are processors.
         *
         * @throws InvalidValueException if it is less than 1 or more than {@link DeploymentState#MAX_REPLICAS}
         */
        public Builder replicas(int count) {
            replicas = inRange("replicas", count, DeploymentState.MAX_REPLICAS);
            return this;
        }

        /** The engine, its threads and its device; the CPU and one thread for each call by default. */
        public Builder load(LoadOptions options) {
            load = Objects.requireNonNull(options, "options");
            return this;
        }

        /** What a version is taken to need in memory before it is loaded; estimated by default. */
        public Builder memoryBytes(long bytes) {
            if (bytes < 0) {
                throw new InvalidValueException("memory", Long.toString(bytes), "it is negative", "0 or more bytes");
            }
            memoryBytes = bytes;
            return this;
        }

        /** Adds something that is told with the status of this instance. */
        public Builder label(String name, String value) {
            labels.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** How requests are put together; off by default. */
        public Builder batching(BatchingOptions options) {
            batching = Objects.requireNonNull(options, "options");
            return this;
        }

        /** How many synchronous requests are computed at once; the replicas by default. */
        public Builder limit(ConcurrencyLimit choice) {
            limit = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** How many synchronous requests may wait for the limit; 1,000 by default. */
        public Builder queueCapacity(int requests) {
            queueCapacity = atLeast("queue capacity", requests, 0);
            return this;
        }

        /** When a version that fails is given a rest; never by default. */
        public Builder circuitBreaker(CircuitBreakerOptions options) {
            circuitBreaker = Objects.requireNonNull(options, "options");
            return this;
        }

        /** Lets the number of replicas follow the load; off by default. */
        public Builder autoscaling(AutoscalingOptions options) {
            autoscaling = Objects.requireNonNull(options, "options");
            return this;
        }

        /** Goes along at once when the reference comes to mean another version; off by default. */
        public Builder follow() {
            following = true;
            return this;
        }

        /** Goes along by a plan when the reference comes to mean another version. */
        public Builder onChange(Rollout rollout) {
            onChange = rollout.plan();
            following = true;
            return this;
        }

        /** {@link SwapOrder#LOAD_FIRST} by default. */
        public Builder swapOrder(SwapOrder order) {
            swapOrder = Objects.requireNonNull(order, "order");
            return this;
        }

        /**
         * How many versions stay loaded, the one that serves and those that served last, so that going back to one of
         * them takes no time; 1 by default. Versions that were rolled back do not count. Counts where models are loaded
         * {@linkplain Loading#EAGER when they are deployed}; each takes its memory.
         *
         * @throws InvalidValueException if it is less than 1, or more than are kept to {@linkplain Deployment#rollback
         *     roll back} to
         */
        public Builder loadedVersions(int count) {
            loadedVersions = inRange("loaded versions", count, DeploymentState.MAX_PREVIOUS + 1);
            return this;
        }

        /** {@link Loading#EAGER} by default. */
        public Builder loading(Loading choice) {
            loading = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** How long calls of a replaced version may wait in its queue; 30 seconds by default. */
        public Builder drainTimeout(Duration time) {
            drainTimeout = positive("drain timeout", time);
            return this;
        }

        /** How long a load may take; 5 minutes by default. */
        public Builder loadTimeout(Duration time) {
            loadTimeout = positive("load timeout", time);
            return this;
        }

        /** How many predictions check and measure a version before it serves; 10 by default, 0 for none. */
        public Builder checkRuns(int runs) {
            checkRuns = atLeast("check runs", runs, 0);
            return this;
        }

        /** The highest median latency with which a version may begin to serve; any by default. */
        public Builder slowest(Duration median) {
            slowest = positive("slowest", median);
            return this;
        }

        /** {@link Compatibility#REQUIRED} by default. */
        public Builder compatibility(Compatibility choice) {
            compatibility = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /**
         * The options as collected so far.
         *
         * @throws InvalidValueException if more than one version is to stay loaded where the old one is to be unloaded
         *     first
         */
        public DeploymentOptions build() {
            if (loadedVersions > 1 && swapOrder == SwapOrder.UNLOAD_FIRST) {
                throw new InvalidValueException(
                        "loaded versions",
                        Integer.toString(loadedVersions),
                        "the old version is to be unloaded before the new one is loaded",
                        "1, or to load first");
            }
            return new DeploymentOptions(this);
        }

        private static int inRange(String thing, int value, int most) {
            if (value < 1 || value > most) {
                throw new InvalidValueException(thing, Integer.toString(value), "it is out of range", "1 to " + most);
            }
            return value;
        }

        private static int atLeast(String thing, int value, int least) {
            if (value < least) {
                throw new InvalidValueException(thing, Integer.toString(value), "it is too small", least + " or more");
            }
            return value;
        }

        private static Duration positive(String thing, Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new InvalidValueException(thing, time.toString(), "it is no length of time", "a positive one");
            }
            return time.compareTo(LONGEST) > 0 ? LONGEST : time;
        }
    }
}
