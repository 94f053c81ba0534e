package io.modelregistry.inference.deployment;

import io.modelregistry.RegistryEnvironment;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.inference.monitor.MetricsSink;
import io.modelregistry.inference.runtime.MemoryBudget;
import io.modelregistry.inference.runtime.Unloading;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deployments that this instance serves. Thread-safe; close it before the registry.
 *
 * <p>Any number of instances may serve the same deployments from the same store. None leads: each follows the desired
 * state in the store by itself, and says there how it is.
 */
public final class Deployments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);
    private static final int MIRROR_THREADS = 2;
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final Host host;
    private final Unloading unloading;
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor loads;
    private final ThreadPoolExecutor mirrors;
    private final Map<DeploymentName, Deployment> served = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Deployments(Builder builder) {
        unloading = new Unloading("models");
        timer = new ScheduledThreadPoolExecutor(1, daemons("deployments-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        loads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("deployments-load"));
        mirrors = new ThreadPoolExecutor(
                MIRROR_THREADS,
                MIRROR_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                daemons("deployments-mirror"));
        mirrors.allowCoreThreadTimeOut(true);
        VersionLoader loader = new VersionLoader(builder.registry, unloading, builder.budget, loads, timer);
        host = new Host(
                builder.registry, builder.instance, builder.pace, loader, timer, mirrors, builder.sink, builder.clock);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Deployments of the models of a registry, which stays the host's to close. */
    public static Deployments over(ModelRegistry registry) {
        return builder(registry).open();
    }

    /** Starts from the defaults. */
    public static Builder builder(ModelRegistry registry) {
        return new Builder(registry);
    }

    /**
     * Serves a model under a name: makes the deployment if there is none, or joins the one that there is, as it is. The
     * reference counts when the deployment is made: an instance that starts again must not undo what people have
     * changed since, nor two releases of a service fight. {@link Deployment#swap} and {@link Deployment#rollOut} change
     * it.
     *
     * @return when it serves on this instance
     * @throws InvalidValueException if the name or the reference is none
     * @throws io.modelregistry.registry.ModelNotFoundException if the reference leads to no version
     * @throws PreflightFailedException if the version does not pass a check
     * @throws io.modelregistry.inference.runtime.MemoryBudgetExceededException if it does not fit the memory budget
     * @throws io.modelregistry.model.RegistryException if it cannot be loaded; nothing was deployed then
     */
    public Deployment deploy(String name, String reference, DeploymentOptions options) {
        DeploymentName parsed = DeploymentName.parse(name);
        ModelRef ref = ModelRef.parse(reference);
        Deployment deployment = start(parsed, options);
        try {
            deployment.operations().deploy(ref, options);
            awaitServing(deployment);
            ModelRef followed = deployment.snapshot().state().reference();
            if (!followed.equals(ref)) {
                LOG.warn(
                        "Deployment '{}' stays with {}, which it was given since it was made for another",
                        name,
                        followed);
            }
            return deployment;
        } catch (RuntimeException | Error e) {
            CompletableFuture<Void> unused = leave(deployment);
            throw e;
        }
    }

    /** Serves a model under a name with the default options. */
    public Deployment deploy(String name, String reference) {
        return deploy(name, reference, DeploymentOptions.defaults());
    }

    /**
     * Serves a deployment that there is already, as it is.
     *
     * @return when it serves on this instance
     * @throws DeploymentNotFoundException if there is none of this name, or it was undeployed
     * @throws io.modelregistry.model.RegistryException if what it names cannot be loaded
     */
    public Deployment join(String name, DeploymentOptions options) {
        DeploymentName parsed = DeploymentName.parse(name);
        boolean isThere = host.store()
                .find(parsed)
                .map(DeploymentSnapshot::state)
                .filter(state -> state.status() == DeploymentState.Status.ACTIVE)
                .isPresent();
        if (!isThere) {
            throw new DeploymentNotFoundException(parsed);
        }
        Deployment deployment = start(parsed, options);
        try {
            awaitServing(deployment);
            return deployment;
        } catch (RuntimeException | Error e) {
            CompletableFuture<Void> unused = leave(deployment);
            throw e;
        }
    }

    private Deployment start(DeploymentName name, DeploymentOptions options) {
        ServingTerms terms = new ServingTerms(name.value(), options, host.sink());
        ControlThread control = new ControlThread(name.value());
        Mirror mirror = new Mirror(mirrors);
        PresentSignature present = new PresentSignature(options);
        Versions versions = new Versions(terms, host.loader(), present::preflight);
        Serving serving = new Serving(terms, versions, mirror);
        present.of(serving);
        Controller.Parts parts = new Controller.Parts(terms, versions, serving, mirror, control);
        Controller controller = new Controller(name, host, parts);
        Deployment deployment = new Deployment(name, host, parts, controller);
        Deployment other = served.compute(
                name, (key, known) -> known == null || known.controller().isEnded() ? deployment : known);
        if (other != deployment) {
            control.close();
            throw new RegistryException(
                    ErrorCode.ALREADY_EXISTS,
                    "Cannot deploy '%s': this instance serves it already, expected another name, or swap() on the one that is served"
                            .formatted(name));
        }
        if (closed) {
            CompletableFuture<Void> unused = leave(deployment);
            throw new DeploymentClosedException(name.value());
        }
        return deployment;
    }

    private static void awaitServing(Deployment deployment) {
        Controller controller = deployment.controller();
        deployment.control().post(controller::lookForEver);
        Versions.await(controller.firstApplied(), deployment.name().value());
    }

    /** Serves it no longer on this instance; the desired state stays as it is. */
    private CompletableFuture<Void> leave(Deployment deployment) {
        served.remove(deployment.name(), deployment);
        Controller controller = deployment.controller();
        deployment.endLoads();
        deployment.control().post(controller::end);
        return controller.unloaded();
    }

    /**
     * A deployment that this instance serves.
     *
     * @throws UnknownDeploymentException if it serves none of this name
     */
    public Deployment get(String name) {
        return find(name)
                .orElseThrow(() -> new UnknownDeploymentException(
                        name,
                        served.keySet().stream()
                                .map(DeploymentName::value)
                                .sorted()
                                .toList()));
    }

    /** A deployment that this instance serves; empty if it serves none of this name. */
    public Optional<Deployment> find(String name) {
        return Optional.ofNullable(served.get(DeploymentName.parse(name)))
                .filter(deployment -> !deployment.controller().isEnded());
    }

    /** All deployments that this instance serves. */
    public Collection<Deployment> all() {
        return served.values().stream()
                .filter(deployment -> !deployment.controller().isEnded())
                .toList();
    }

    /** The id under which this instance says how it is. */
    public String instance() {
        return host.instance();
    }

    /** What the loaded models may take in memory, and take. */
    public MemoryBudget memory() {
        return host.loader().budget();
    }

    /**
     * Serves nothing any more on this instance; what is desired stays as it is for others and for the next start. Waits
     * until requests under way are answered and the models are closed, at most for the drain timeout of each.
     * Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        Duration longest = Duration.ZERO;
        for (Deployment deployment : served.values()) {
            Duration drain = deployment.drainTimeout();
            longest = drain.compareTo(longest) > 0 ? drain : longest;
            ends.add(leave(deployment));
        }
        timer.shutdown();
        loads.shutdown();
        mirrors.shutdown();
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                    .get(longest.plus(LAST_WAIT).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("Models are still in use; the last call of each closes it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        unloading.close();
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        /** What is longer is for ever, and fits into nanoseconds many times. */
        private static final Duration LONGEST = Duration.ofDays(365);

        private final ModelRegistry registry;
        private String instance = UUID.randomUUID().toString();
        private Host.Pace pace = new Host.Pace(Duration.ofSeconds(2), 0.1, Duration.ofSeconds(10));
        private MemoryBudget budget = MemoryBudget.unlimited();
        private MetricsSink sink = MetricsSink.none();
        private Clock clock = Clock.systemUTC();

        private Builder(ModelRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
        }

        /**
         * The id of this instance, which no other running one may have; by default a random one.
         *
         * @throws InvalidValueException if it has other characters than lower-case letters, digits, {@code -},
         *     {@code _} and {@code .}
         */
        public Builder instance(String id) {
            InstanceStatus.checkInstance(id);
            instance = id;
            return this;
        }

        /** How often the desired state is looked at; every 2 seconds by default. */
        public Builder pollInterval(Duration interval) {
            pace = new Host.Pace(positive("poll interval", interval), pace.jitter(), pace.heartbeat());
            return this;
        }

        /** By what part of it the poll interval varies, from 0 to 1; 0.1 by default. */
        public Builder jitter(double part) {
            if (!(part >= 0 && part <= 1)) {
                throw new InvalidValueException("jitter", Double.toString(part), "it is out of range", "0 to 1");
            }
            pace = new Host.Pace(pace.poll(), part, pace.heartbeat());
            return this;
        }

        /**
         * How often this instance says how it is while nothing changes; every 10 seconds by default. One that has said
         * nothing for three times as long is taken to be gone.
         */
        public Builder heartbeat(Duration interval) {
            pace = new Host.Pace(pace.poll(), pace.jitter(), positive("heartbeat", interval));
            return this;
        }

        /** What all models together may take in memory; no limit by default. */
        public Builder memory(MemoryBudget shared) {
            budget = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /** Takes the memory budget from the environment of the process, where it says one. */
        public Builder environment(RegistryEnvironment environment) {
            environment.memoryBytes().ifPresent(bytes -> memory(MemoryBudget.ofBytes(bytes)));
            return this;
        }

        /** What hears of every request. */
        public Builder metrics(MetricsSink hook) {
            sink = Objects.requireNonNull(hook, "hook");
            return this;
        }

        /** The clock for what is written down; nothing is decided by it. */
        public Builder clock(Clock other) {
            clock = Objects.requireNonNull(other, "other");
            return this;
        }

        /** Deployments with these settings, and none served yet. */
        public Deployments open() {
            return new Deployments(this);
        }

        private static Duration positive(String thing, Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new InvalidValueException(thing, time.toString(), "it is no length of time", "a positive one");
            }
            return time.compareTo(LONGEST) > 0 ? LONGEST : time;
        }
    }
}
