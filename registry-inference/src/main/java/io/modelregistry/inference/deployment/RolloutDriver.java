package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.Verdict;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.registry.VersionSummary;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Drives what goes on by itself: a followed reference that has moved, and the steps of a rollout. Used by the control
 * thread.
 *
 * <p>Every instance does this and none leads: each change is a compare-and-swap whose decision looks at the state
 * again, so of many that want the same one makes it. An instance that sees a breach rolls back at once; a step is
 * advanced only when every instance that lives says that it is done there.
 */
final class RolloutDriver {
    /** After so many failed loads in a row it is no hiccup. */
    private static final int HOPELESS = 3;

    private final DeploymentName name;
    private final Host host;
    private final Versions versions;
    private final Controller controller;
    private final Fleet fleet;
    private @Nullable RolloutWatch watch;
    private @Nullable PinnedVersion followed;
    private Versions.@Nullable Lease lease;
    private volatile Optional<StepReport> step = Optional.empty();

    RolloutDriver(DeploymentName name, Host host, Versions versions, Controller controller) {
        this.name = name;
        this.host = host;
        this.versions = versions;
        this.controller = controller;
        this.fleet = new Fleet(host.pace());
    }

    /** What this instance says of the present step. */
    Optional<StepReport> step() {
        return step;
    }

    /** Goes where the reference leads now, once the version there is ready on this instance. */
    void follow() {
        Optional<DeploymentState> state = controller.desired().map(DeploymentSnapshot::state);
        if (controller.isEnded() || state.isEmpty() || !canFollow(state.get())) {
            release();
            return;
        }
        Optional<VersionSummary> found = host.registry().findSummary(state.get().reference());
        if (found.isEmpty()) {
            controller.complain("its reference " + state.get().reference() + " leads to no version", null);
            return;
        }
        PinnedVersion to = pinned(found.get());
        if (!isNew(state.get(), to)) {
            release();
            return;
        }
        if (isReady(to)) {
            String reason = state.get().reference() + " means " + to + " now";
            commit(reason, now -> canFollow(now) && isNew(now, to), now -> move(now, to));
            release();
        }
    }

    private Change move(DeploymentState state, PinnedVersion to) {
        return state.onChange().steps().isEmpty()
                ? Transitions.follow(state, to)
                : Transitions.start(
                        // The reference has moved on, so what was held before is none of its business any more.
                        state.edit().held(new TreeSet<>()).build(), Operations.begin(host, state.onChange(), to));
    }

    private static boolean canFollow(DeploymentState state) {
        return state.status() == DeploymentState.Status.ACTIVE
                && state.follow() == DeploymentState.Follow.FOLLOW
                && state.rollout().isEmpty()
                && state.traffic().variants().size() == 1;
    }

    private static boolean isNew(DeploymentState state, PinnedVersion to) {
        return !to.equals(state.primary()) && !state.held().contains(to.manifest());
    }

    static PinnedVersion pinned(VersionSummary summary) {
        return new PinnedVersion(summary.name(), summary.version(), summary.manifestDigest());
    }

    /** Whether a version can serve here; begins to load it if not. */
    private boolean isReady(PinnedVersion to) {
        if (!controller.preloads()) {
            return true;
        }
        if (!to.equals(followed)) {
            release();
            lease = versions.lease(to);
            followed = to;
        }
        CompletableFuture<ServingVersion> load = versions.ensure(to, Versions.Purpose.FOLLOWED);
        if (!load.isDone()) {
            controller.lookAfter(to, load);
            return false;
        }
        try {
            load.join();
            return true;
        } catch (CompletionException e) {
            RuntimeException error = Versions.unwrapped(e);
            controller.complain("it does not go to " + to + ": " + error.getMessage(), error);
            return false;
        }
    }

    private void release() {
        followed = null;
        Versions.Lease held = lease;
        lease = null;
        if (held != null) {
            held.close();
        }
    }

    /** Measures the rollout under way, and does what the measurement and the steps ask for. */
    void drive() {
        Optional<DeploymentSnapshot> snapshot = controller.desired();
        Optional<RolloutState> running = snapshot.flatMap(now -> now.state().rollout());
        if (controller.isEnded() || running.isEmpty()) {
            watch = null;
            step = Optional.empty();
            return;
        }
        RolloutState rollout = running.get();
        if (holdsUp(rollout) || controller.appliedRevision() != snapshot.get().revision()) {
            return;
        }
        RolloutWatch current = watch;
        if (current == null || !current.rollout().equals(rollout.id())) {
            current = new RolloutWatch(
                    rollout,
                    versions.get(rollout.candidate()).stats(),
                    versions.get(snapshot.get().state().primary()).stats(),
                    System.nanoTime());
            watch = current;
        }
        StepReport report = current.report(rollout, System.nanoTime());
        step = Optional.of(report);
        act(rollout, report);
    }

    /** An instance that cannot load the candidate will never judge it: a person has to look. */
    private boolean holdsUp(RolloutState rollout) {
        // What unloads first is not tried again beside what serves.
        int hopeless = controller.unloadsFirst() ? 1 : HOPELESS;
        if (versions.failedLoads(rollout.candidate()) < hopeless) {
            return false;
        }
        String why = "%s cannot be loaded: %s"
                .formatted(
                        rollout.candidate(),
                        versions.failure(rollout.candidate())
                                .map(Throwable::getMessage)
                                .orElse("the load failed"));
        StepReport report = new StepReport(rollout.id(), rollout.step(), Verdict.INCONCLUSIVE, 0, why);
        step = Optional.of(report);
        act(rollout, report);
        return true;
    }

    private void act(RolloutState rollout, StepReport report) {
        Predicate<DeploymentState> isSame =
                now -> now.rollout().map(RolloutState::id).equals(Optional.of(rollout.id()));
        Predicate<DeploymentState> isThere =
                isSame.and(now -> now.rollout().orElseThrow().step() == rollout.step()
                        && now.rollout().orElseThrow().phase() == RolloutState.Phase.RUNNING);
        boolean isRunning = rollout.phase() == RolloutState.Phase.RUNNING;
        switch (report.verdict()) {
            case FAILED ->
                commit(report.detail(), isSame, now -> Transitions.giveUp(now, DeploymentAction.ROLLED_BACK));
            case INCONCLUSIVE -> {
                if (isRunning) {
                    commit(report.detail(), isThere, Transitions::pause);
                }
            }
            case PASSED -> {
                if (isRunning) {
                    controller.report();
                    if (Fleet.allPassed(live(), report)) {
                        commit(
                                report.detail(),
                                isThere,
                                now -> Transitions.advance(now, DeploymentAction.STEP_ADVANCED));
                    }
                }
            }
            case PENDING -> {}
        }
    }

    /** The instances that live; what those have left behind that are long gone is cleared away. */
    private List<InstanceStatus> live() {
        long now = System.nanoTime();
        List<InstanceStatus> live = fleet.fresh(host.store().statuses(name), now);
        fleet.takeGone(now).forEach(instance -> host.store().forget(name, instance));
        return live;
    }

    private void commit(String reason, Predicate<DeploymentState> isStillSo, Function<DeploymentState, Change> change) {
        DeploymentSnapshot result = host.store()
                .change(
                        name,
                        Reasons.shortened(reason) + " (instance " + host.instance() + ")",
                        present -> present.map(DeploymentSnapshot::state)
                                .filter(isStillSo)
                                .map(change));
        controller.observe(result);
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }
}
