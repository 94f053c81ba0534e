package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What people and hosts do to a deployment: each checks first, prepares the version on this instance if one is to take
 * traffic, and then changes the desired state. Thread-safe.
 */
final class Operations {
    private final DeploymentName name;
    private final Host host;
    private final Controller.Parts parts;
    private final Controller controller;

    Operations(DeploymentName name, Host host, Controller.Parts parts, Controller controller) {
        this.name = name;
        this.host = host;
        this.parts = parts;
        this.controller = controller;
    }

    static RolloutState begin(Host host, RolloutPlan plan, PinnedVersion candidate) {
        return new RolloutState(
                RolloutDriver.newId(),
                plan,
                candidate,
                0,
                RolloutState.Phase.RUNNING,
                Principal.service(host.instance()));
    }

    PinnedVersion resolve(ModelRef reference) {
        return RolloutDriver.pinned(host.registry().resolve(reference));
    }

    /** Keeps a version in memory, checked and ready, until the lease is closed. */
    private Versions.Lease prepare(PinnedVersion version) {
        Versions.Lease lease = parts.versions().lease(version);
        if (controller.preloads() || parts.versions().get(version).isReady()) {
            try {
                Versions.await(parts.versions().ensure(version, Versions.Purpose.REQUESTED), name.value());
            } catch (RuntimeException | Error e) {
                lease.close();
                throw e;
            }
        }
        return lease;
    }

    /** Does something while a version is in memory, checked and ready. */
    private DeploymentSnapshot prepared(PinnedVersion version, Supplier<DeploymentSnapshot> action) {
        Versions.Lease lease = prepare(version);
        try {
            return action.get();
        } finally {
            lease.close();
        }
    }

    private DeploymentSnapshot change(
            String action, String reason, Function<DeploymentState, Optional<Change>> decision) {
        return parts.control().call(action, () -> {
            DeploymentSnapshot result =
                    host.store().change(name, reason, present -> decision.apply(active(action, present)));
            controller.observe(result);
            controller.report();
            return result;
        });
    }

    private DeploymentState active(String action, Optional<DeploymentSnapshot> present) {
        DeploymentState state =
                present.map(DeploymentSnapshot::state).orElseThrow(() -> new DeploymentClosedException(name.value()));
        if (state.status() == DeploymentState.Status.UNDEPLOYED) {
            throw refused(action, "it was undeployed", "a deployment that serves");
        }
        return state;
    }

    private RolloutRefusedException refused(String action, String why, String expected) {
        return new RolloutRefusedException(action, name.value(), why, expected);
    }

    /** What is about to change must not be in the middle of something else. */
    private void requireCalm(String action, DeploymentState state) {
        if (state.rollout().isPresent()) {
            RolloutState running = state.rollout().get();
            throw refused(
                    action,
                    "a rollout of " + running.candidate() + " runs",
                    "one that was promoted, aborted or rolled back first");
        }
        if (state.traffic().variants().size() > 1) {
            throw refused(action, "its traffic is split by hand", "all traffic at one version first, by a swap");
        }
    }

    DeploymentSnapshot swap(ModelRef reference, String reason) {
        PinnedVersion to = resolve(reference);
        return prepared(to, () -> {
            AtomicReference<DeploymentState> before = new AtomicReference<>();
            DeploymentSnapshot result = change("swap", reason, state -> {
                before.set(state);
                if (state.rollout().isPresent()) {
                    requireCalm("swap", state);
                }
                Change swapped = Transitions.swap(
                        state, reference, to, parts.terms().options().isFollowing());
                return swapped.state().equals(state) ? Optional.empty() : Optional.of(swapped);
            });
            requireServed(to, Objects.requireNonNull(before.get()), result);
            return result;
        });
    }

    /**
     * Where a version is loaded only after the old one was unloaded, this is the first time that its failure is known:
     * what was desired before is desired again.
     */
    private void requireServed(PinnedVersion version, DeploymentState before, DeploymentSnapshot after) {
        Optional<RuntimeException> failure =
                controller.unloadsFirst() ? parts.versions().failure(version) : Optional.empty();
        if (failure.isEmpty()) {
            return;
        }
        String why = Reasons.shortened(
                version + " cannot be loaded: " + failure.get().getMessage());
        change(
                "take back the change of",
                why,
                state -> state.equals(after.state())
                        ? Optional.of(new Change(
                                before, DeploymentAction.ROLLED_BACK, "from " + version + " to " + before.primary()))
                        : Optional.empty());
        throw failure.get();
    }

    DeploymentSnapshot rollOut(ModelRef reference, RolloutPlan plan, String reason) {
        PinnedVersion to = resolve(reference);
        return prepared(to, () -> {
            return change("roll out", reason, state -> {
                requireCalm("roll out", state);
                if (state.primary().equals(to)) {
                    throw refused("roll out", to + " serves already", "another version");
                }
                Change started = Transitions.start(state, begin(host, plan, to));
                DeploymentState.Follow follow = Transitions.follow(
                        state, reference, parts.terms().options().isFollowing());
                DeploymentState next =
                        started.state().edit().following(reference, follow).build();
                return Optional.of(new Change(next, started.action(), started.detail()));
            });
        });
    }

    private RolloutState running(String action, DeploymentState state) {
        return state.rollout().orElseThrow(() -> refused(action, "no rollout runs", "one that was started"));
    }

    DeploymentSnapshot promote(String reason) {
        return change("promote", reason, state -> {
            running("promote", state);
            return Optional.of(Transitions.promote(state));
        });
    }

    DeploymentSnapshot abort(String reason) {
        return change("abort", reason, state -> {
            running("abort", state);
            return Optional.of(Transitions.giveUp(state, DeploymentAction.ABORTED));
        });
    }

    DeploymentSnapshot pause(String reason) {
        return change("pause", reason, state -> {
            RolloutState rollout = running("pause", state);
            return rollout.phase() == RolloutState.Phase.PAUSED
                    ? Optional.empty()
                    : Optional.of(Transitions.pause(state));
        });
    }

    DeploymentSnapshot resume(String reason) {
        Optional<RolloutState> seen = present().rollout();
        return change("resume", reason, state -> {
            requireSameStep("resume", seen, state);
            boolean waits = state.rollout()
                    .map(Operations::waitsForResume)
                    .orElse(!state.held().isEmpty());
            if (!waits) {
                throw refused("resume", "nothing is paused or held", "a paused rollout or a held version");
            }
            return Optional.of(Transitions.resume(state));
        });
    }

    private static boolean waitsForResume(RolloutState rollout) {
        return rollout.phase() == RolloutState.Phase.PAUSED
                || rollout.plan().steps().get(rollout.step()) instanceof RolloutStep.Hold;
    }

    DeploymentSnapshot approve(String reason) {
        Optional<RolloutState> seen = present().rollout();
        return change("approve", reason, state -> {
            RolloutState rollout = running("approve", state);
            requireSameStep("approve", seen, state);
            if (!(rollout.plan().steps().get(rollout.step()) instanceof RolloutStep.Approve)) {
                throw refused("approve", "its present step does not wait for an approval", "a step that does");
            }
            return Optional.of(Transitions.advance(state, DeploymentAction.APPROVED));
        });
    }

    /** Of two people who approve the same step at once, one must not approve the next. */
    private void requireSameStep(String action, Optional<RolloutState> seen, DeploymentState state) {
        Optional<Integer> step = seen.map(RolloutState::step);
        if (!seen.map(RolloutState::id).equals(state.rollout().map(RolloutState::id))
                || !step.equals(state.rollout().map(RolloutState::step))) {
            throw refused(action, "its rollout has moved on meanwhile", "a look at where it stands now");
        }
    }

    /** Back to the version before: out of the rollout that runs, or to the one that served last. */
    DeploymentSnapshot rollBack(String reason) {
        DeploymentState state = present();
        if (state.rollout().isPresent()) {
            return change("roll back", reason, now -> {
                running("roll back", now);
                return Optional.of(Transitions.giveUp(now, DeploymentAction.ROLLED_BACK));
            });
        }
        if (state.previous().isEmpty()) {
            throw refused("roll back", "no other version has served before", "one of rollbackTargets()");
        }
        return rollBack(state.previous().get(0), reason);
    }

    DeploymentSnapshot rollBack(PinnedVersion to, String reason) {
        if (!present().previous().contains(to)) {
            throw refused(
                    "roll back",
                    to + " is not among the versions that served before",
                    "one of " + present().previous());
        }
        return prepared(to, () -> {
            AtomicReference<DeploymentState> before = new AtomicReference<>();
            DeploymentSnapshot result = change("roll back", reason, state -> {
                before.set(state);
                requireCalm("roll back", state);
                if (!state.previous().contains(to)) {
                    throw refused(
                            "roll back",
                            to + " is not among the versions that served before",
                            "one of " + state.previous());
                }
                return Optional.of(Transitions.rollBack(state, to));
            });
            requireServed(to, Objects.requireNonNull(before.get()), result);
            return result;
        });
    }

    DeploymentState present() {
        return active("use", controller.desired());
    }

    DeploymentSnapshot split(Split split, String reason) {
        List<Variant> variants = new ArrayList<>();
        for (Split.Side side : split.sides()) {
            variants.add(new Variant(side.name(), resolve(side.reference()), side.weight()));
        }
        Traffic proposed = new Traffic(split.salt(), Traffic.Unit.KEYS, variants, List.of(), Optional.empty());
        List<Versions.Lease> leases = new ArrayList<>();
        try {
            for (Variant variant : variants) {
                leases.add(prepare(variant.version()));
            }
            return change("split", reason, state -> {
                if (state.rollout().isPresent()) {
                    requireCalm("split", state);
                }
                Traffic next = proposed.withShadow(state.traffic().shadow());
                return changed(state, Transitions.split(state, next), "split " + names(variants));
            });
        } finally {
            leases.forEach(Versions.Lease::close);
        }
    }

    private static String names(List<Variant> variants) {
        return variants.stream()
                .map(variant ->
                        "%s=%s at %s %%".formatted(variant.name(), variant.version(), Shares.percent(variant.weight())))
                .toList()
                .toString();
    }

    private static Optional<Change> changed(DeploymentState before, DeploymentState after, String detail) {
        return after.equals(before)
                ? Optional.empty()
                : Optional.of(new Change(after, DeploymentAction.TRAFFIC_CHANGED, detail));
    }

    DeploymentSnapshot route(List<Traffic.Rule> rules, String reason) {
        return change("route", reason, state -> {
            Traffic next = state.traffic().withRules(rules);
            return changed(state, state.edit().traffic(next).build(), "rules " + rules);
        });
    }

    DeploymentSnapshot shadow(Optional<ModelRef> reference, int share, String reason) {
        Optional<Traffic.Shadow> shadow = reference.map(ref -> new Traffic.Shadow(resolve(ref), share));
        return change("shadow", reason, state -> {
            Traffic next = state.traffic().withShadow(shadow);
            String detail = shadow.map(to -> "shadow " + to.version()).orElse("no shadow");
            return changed(state, state.edit().traffic(next).build(), detail);
        });
    }

    DeploymentSnapshot scale(int replicas, String reason) {
        return change(
                "scale",
                reason,
                state -> state.replicas().equals(Optional.of(replicas))
                        ? Optional.empty()
                        : Optional.of(new Change(
                                state.edit().replicas(replicas).build(),
                                DeploymentAction.SCALED,
                                "to " + replicas + " replicas")));
    }

    DeploymentSnapshot undeploy(String reason) {
        return change(
                "undeploy",
                reason,
                state -> Optional.of(new Change(
                        state.edit()
                                .status(DeploymentState.Status.UNDEPLOYED)
                                .rollout(Optional.empty())
                                .traffic(Traffic.all(state.traffic().salt(), state.primary()))
                                .build(),
                        DeploymentAction.UNDEPLOYED,
                        state.primary().toString())));
    }

    /** Makes the deployment, if there is none that serves. */
    void deploy(ModelRef reference, DeploymentOptions options) {
        Optional<DeploymentState> existing = host.store()
                .find(name)
                .map(DeploymentSnapshot::state)
                .filter(state -> state.status() == DeploymentState.Status.ACTIVE);
        if (existing.isPresent()) {
            return;
        }
        PinnedVersion to = resolve(reference);
        prepared(
                to,
                () -> parts.control().call("deploy", () -> {
                    DeploymentSnapshot result = host.store()
                            .change(
                                    name,
                                    "deployed by " + host.instance(),
                                    present -> deployed(present, reference, to, options));
                    controller.observe(result);
                    return result;
                }));
    }

    private Optional<Change> deployed(
            Optional<DeploymentSnapshot> present, ModelRef reference, PinnedVersion to, DeploymentOptions options) {
        Optional<DeploymentState> before = present.map(DeploymentSnapshot::state);
        boolean isActive = before.filter(state -> state.status() == DeploymentState.Status.ACTIVE)
                .isPresent();
        if (isActive) {
            return Optional.empty();
        }
        DeploymentState fresh = DeploymentState.serving(
                reference,
                options.isFollowing() ? DeploymentState.Follow.FOLLOW : DeploymentState.Follow.STAY,
                options.onChange(),
                Traffic.all(name.value(), to));
        DeploymentState.Edit edit = before.map(state -> state.edit()
                        .following(fresh.reference(), fresh.follow())
                        .onChange(fresh.onChange())
                        .traffic(fresh.traffic())
                        .rollout(Optional.empty())
                        .status(DeploymentState.Status.ACTIVE))
                .orElseGet(fresh::edit);
        options.replicas().ifPresent(edit::replicas);
        edit.labels(new TreeMap<>(options.labels()));
        return Optional.of(new Change(edit.build(), DeploymentAction.DEPLOYED, to.toString()));
    }
}
