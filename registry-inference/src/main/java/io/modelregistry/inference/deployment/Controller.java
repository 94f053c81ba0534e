package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one instance serve what is desired: looks at the desired state again and again, loads what it names, sends the
 * requests there, and drives followed references and rollouts on.
 *
 * <p>Everything but the accessors runs on the {@link ControlThread}. It never waits for a load, but for swaps that
 * unload first: the load reports back when it is done, and until then the last good state serves.
 */
final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    /** How many looks a measurement of an analysis gets at least. */
    private static final int LOOKS_PER_INTERVAL = 4;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);

    private final DeploymentName name;
    private final Host host;
    private final ServingTerms terms;
    private final Versions versions;
    private final Serving serving;
    private final Mirror mirror;
    private final ControlThread control;
    private final RolloutDriver driver;
    private final Reporter reporter;
    private final Replicas replicas;
    private final CompletableFuture<Void> firstApplied = new CompletableFuture<>();
    private Set<PinnedVersion> served = Set.of();
    /** What is kept in memory beside that. */
    private final Set<PinnedVersion> spare = new LinkedHashSet<>();

    private @Nullable DeploymentState published;
    private volatile @Nullable DeploymentSnapshot desired;
    private volatile long appliedRevision;
    private final Set<PinnedVersion> lookedAfter = new HashSet<>();
    private final CompletableFuture<Void> unloaded = new CompletableFuture<>();
    /** The first thing that is wrong in the present look. */
    private String complaint = "";

    private boolean isBroken;
    private volatile String problem = "";
    private volatile boolean ended;

    Controller(DeploymentName name, Host host, Parts parts) {
        this.name = name;
        this.host = host;
        this.terms = parts.terms;
        this.versions = parts.versions;
        this.serving = parts.serving;
        this.mirror = parts.mirror;
        this.control = parts.control;
        this.driver = new RolloutDriver(name, host, parts.versions, this);
        this.reporter = new Reporter(name, host, parts.terms, parts.versions);
        this.replicas = new Replicas(parts.terms, parts.versions);
    }

    /** What a deployment consists of on this instance. */
    record Parts(ServingTerms terms, Versions versions, Serving serving, Mirror mirror, ControlThread control) {}

    /** What was seen last of the desired state; empty before the first look. */
    Optional<DeploymentSnapshot> desired() {
        return Optional.ofNullable(desired);
    }

    /** The revision that is served; 0 if none is. */
    long appliedRevision() {
        return appliedRevision;
    }

    /** What is wrong, in words; empty if nothing. */
    String problem() {
        return problem;
    }

    boolean isEnded() {
        return ended;
    }

    /** What this instance says of the present step of the rollout. */
    Optional<StepReport> step() {
        return driver.step();
    }

    Reporter reporter() {
        return reporter;
    }

    /** Done when something is served for the first time; fails if it could not be loaded. */
    CompletableFuture<Void> firstApplied() {
        return firstApplied;
    }

    /** Looks at the desired state and does what it asks for, as far as that goes without waiting. */
    void look() {
        if (ended) {
            return;
        }
        complaint = "";
        attempt(this::observeStore);
        if (isEager() && !ended) {
            attempt(this::prepare);
        }
        attempt(driver::follow);
        attempt(driver::drive);
        attempt(replicas::adjust);
        problem = complaint;
        report();
    }

    private void observeStore() {
        Optional<DeploymentSnapshot> stored;
        try {
            stored = host.store().find(name);
            if (stored.isEmpty() && desired == null) {
                throw new DeploymentNotFoundException(name);
            }
        } catch (RuntimeException e) {
            if (desired == null) {
                firstApplied.completeExceptionally(e);
            }
            throw e;
        }
        stored.ifPresentOrElse(this::observe, () -> complain("its document in the store is gone", null));
    }

    /** Looks now and from then on again and again. */
    void lookForEver() {
        try {
            look();
        } finally {
            if (!ended) {
                lookLater();
            }
        }
    }

    private void lookLater() {
        try {
            Future<?> unused = host.timer()
                    .schedule(() -> control.post(this::lookForEver), pause().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Deployment '{}' is not looked after any more", name, e);
        }
    }

    private Duration pause() {
        Duration pause = host.pace().poll();
        Optional<Duration> interval = desired()
                .flatMap(snapshot -> snapshot.state().rollout())
                .flatMap(rollout -> rollout.plan().analysis())
                .map(analysis -> analysis.interval().dividedBy(LOOKS_PER_INTERVAL));
        if (interval.isPresent() && interval.get().compareTo(pause) < 0) {
            pause = interval.get();
        }
        double jitter =
                1 + host.pace().jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        Duration varied = Duration.ofNanos((long) (pause.toNanos() * jitter));
        return varied.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : varied;
    }

    /** Does something whose failure is told in the status and changes nothing. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RegistryException e) {
            complain(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            complain(e.toString(), e);
        }
    }

    /** Says in the status what is wrong, and in the log when it is something else than before. */
    void complain(String what, @Nullable Throwable cause) {
        if (complaint.isEmpty()) {
            complaint = what;
        }
        if (what.equals(problem)) {
            LOG.debug("Deployment '{}' on '{}': still {}", name, host.instance(), what, cause);
            return;
        }
        if (problem.isEmpty()) {
            problem = what;
        }
        LOG.warn("Deployment '{}' on '{}': {}", name, host.instance(), what, cause);
    }

    /** Takes a state as the desired one and does what it asks for. */
    void observe(DeploymentSnapshot snapshot) {
        DeploymentSnapshot before = desired;
        if (before != null && before.revision() > snapshot.revision()) {
            return;
        }
        desired = snapshot;
        if (snapshot.state().status() == DeploymentState.Status.UNDEPLOYED) {
            end();
            return;
        }
        if (appliedRevision != snapshot.revision()) {
            apply(snapshot);
        }
    }

    private void apply(DeploymentSnapshot snapshot) {
        Traffic traffic = snapshot.state().traffic();
        Set<PinnedVersion> needed = new HashSet<>();
        traffic.variants().forEach(variant -> needed.add(variant.version()));
        spare.clear();
        traffic.shadow().ifPresent(shadow -> spare.add(shadow.version()));
        spare.addAll(standby(snapshot.state()));
        spare.removeAll(needed);
        Set<PinnedVersion> wanted = new HashSet<>(needed);
        wanted.addAll(spare);
        // First of all, so that a lease which ends meanwhile does not unload what is about to serve.
        Set<PinnedVersion> both = new HashSet<>(wanted);
        both.addAll(served);
        versions.retain(both);
        if (mustUnloadFirst(needed)) {
            replace(needed);
        }
        if (!areReady(needed)) {
            revive();
            return;
        }
        prepare();
        replicas.desire(snapshot.state().replicas());
        publish(snapshot.state());
        served = needed;
        isBroken = false;
        versions.retain(wanted);
        appliedRevision = snapshot.revision();
        firstApplied.complete(null);
    }

    /** What served before and stays loaded, so that going back takes no time. */
    private List<PinnedVersion> standby(DeploymentState state) {
        int most = isEager() ? terms.options().loadedVersions() - 1 : 0;
        return state.previous().subList(0, Math.min(most, state.previous().size()));
    }

    /** Loads what nobody waits for. */
    private void prepare() {
        for (PinnedVersion version : spare) {
            lookAfter(version, versions.ensure(version, Versions.Purpose.DESIRED));
            versions.failure(version)
                    .ifPresent(error -> complain("it cannot load " + version + ": " + error.getMessage(), error));
        }
    }

    private boolean isEager() {
        return terms.options().loading() == DeploymentOptions.Loading.EAGER;
    }

    private void publish(DeploymentState state) {
        Traffic traffic = state.traffic();
        Optional<int[]> shares = traffic.unit() == Traffic.Unit.REPLICAS
                ? Optional.of(RoutingTable.localShares(traffic, host.instance(), terms.replicas()))
                : Optional.empty();
        serving.publish(new RoutingTable(traffic, variant -> target(variant.name(), variant.version()), shares));
        mirror.follow(Mirror.Plan.of(state, this::target));
        published = state;
    }

    private Target target(String variant, PinnedVersion version) {
        return new Target(name.value(), variant, versions.get(version));
    }

    /** Whether all of these can serve; begins to load those that cannot, which come back here when they can. */
    private boolean areReady(Set<PinnedVersion> needed) {
        if (!isEager()) {
            return true;
        }
        boolean ready = true;
        for (PinnedVersion version : needed) {
            if (unloadsFirst() && !served.isEmpty() && !versions.get(version).isReady()) {
                // It has been tried in place of what serves; beside it there is no room for another try.
                ready = false;
                versions.failure(version)
                        .ifPresent(error -> complain("it cannot serve " + version + ": " + error.getMessage(), error));
                continue;
            }
            CompletableFuture<ServingVersion> load = versions.ensure(version, Versions.Purpose.DESIRED);
            if (load.isCompletedExceptionally()) {
                ready = false;
                versions.failure(version).ifPresent(error -> {
                    complain("it cannot serve " + version + ": " + error.getMessage(), error);
                    firstApplied.completeExceptionally(error);
                });
            } else if (!load.isDone()) {
                ready = false;
                lookAfter(version, load);
                versions.failure(version)
                        .ifPresent(error -> complain(
                                "it cannot serve " + version + " and tries again: " + error.getMessage(), error));
            }
        }
        return ready;
    }

    private boolean mustUnloadFirst(Set<PinnedVersion> needed) {
        return unloadsFirst()
                && !served.isEmpty()
                && needed.stream()
                        .anyMatch(version -> !versions.get(version).isReady()
                                && versions.failure(version).isEmpty());
    }

    /** Unloads what nobody will need and loads what is new, with requests waiting; what fails brings the old back. */
    private void replace(Set<PinnedVersion> needed) {
        serving.publish(RoutingTable.gap());
        Set<PinnedVersion> old = new HashSet<>(served);
        old.removeAll(needed);
        long drain = terms.options().drainTimeout().toNanos();
        // A call that hangs keeps its model for ever; requests are not to wait for that.
        old.forEach(version -> await(versions.unload(version).completeOnTimeout(null, drain, TimeUnit.NANOSECONDS)));
        for (PinnedVersion version : needed) {
            await(versions.ensure(version, Versions.Purpose.REQUESTED));
        }
        if (needed.stream().allMatch(version -> versions.get(version).isReady())) {
            return;
        }
        served.forEach(version -> await(versions.ensure(version, Versions.Purpose.REQUESTED)));
        DeploymentState before = published;
        if (before != null) {
            publish(before);
            isBroken = true;
        }
    }

    /**
     * Loads what served before again, where it was unloaded for something that cannot serve and could not come back.
     */
    private void revive() {
        if (!isBroken) {
            return;
        }
        boolean isBack = true;
        for (PinnedVersion version : served) {
            CompletableFuture<ServingVersion> load = versions.ensure(version, Versions.Purpose.DESIRED);
            isBack &= load.isDone() && !load.isCompletedExceptionally();
            if (!load.isDone()) {
                lookAfter(version, load);
            }
        }
        DeploymentState before = published;
        if (isBack && before != null) {
            // Wakes the requests that wait for the model.
            publish(before);
            isBroken = false;
        }
    }

    /** Waits for an end, good or bad: the limit of the load or of the drain ends it. Says meanwhile that it lives. */
    private void await(CompletableFuture<?> future) {
        CompletableFuture<?> end = future.handle((result, failure) -> failure);
        long heartbeat = host.pace().heartbeat().toNanos();
        while (!end.isDone()) {
            end.copy().completeOnTimeout(null, heartbeat, TimeUnit.NANOSECONDS).join();
            report();
        }
    }

    /** Whether versions are loaded before requests go to them. */
    boolean preloads() {
        return isEager() && terms.options().swapOrder() == DeploymentOptions.SwapOrder.LOAD_FIRST;
    }

    /** Whether what serves is unloaded before what is next is loaded. */
    boolean unloadsFirst() {
        return isEager() && terms.options().swapOrder() == DeploymentOptions.SwapOrder.UNLOAD_FIRST;
    }

    /** Looks again when a load has ended, well or not. */
    void lookAfter(PinnedVersion version, CompletableFuture<?> load) {
        if (!load.isDone() && lookedAfter.add(version)) {
            CompletableFuture<?> unused = load.whenComplete((result, failure) -> control.post(() -> {
                lookedAfter.remove(version);
                look();
            }));
        }
    }

    /** Writes down how this instance is. */
    void report() {
        if (ended) {
            return;
        }
        try {
            reporter.report(this, driver.step());
        } catch (RuntimeException e) {
            complain("its status cannot be written: " + e.getMessage(), e);
        }
    }

    /** Serves nothing any more on this instance; requests in the queue are answered or fail by the drain timeout. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        serving.publish(RoutingTable.closed());
        mirror.follow(Optional.empty());
        CompletableFuture<Void> closing = versions.close();
        terms.limiter().close();
        firstApplied.completeExceptionally(new DeploymentClosedException(name.value()));
        if (desired != null) {
            attempt(() -> host.store().forget(name, host.instance()));
        }
        control.close();
        // Last, because whoever waits for it may close the store.
        CompletableFuture<Void> unused = closing.whenComplete((nothing, failure) -> unloaded.complete(null));
    }

    /** Done when it has ended here and nothing of it is in memory any more. */
    CompletableFuture<Void> unloaded() {
        return unloaded;
    }
}
