package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentState.Follow;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What each change makes of the desired state: pure functions, so that every instance decides alike. */
final class Transitions {
    private Transitions() {}

    /**
     * All traffic to a version at once.
     *
     * @param isFollowing whether who asks for it follows references that can be followed
     */
    static Change swap(DeploymentState state, ModelRef reference, PinnedVersion to, boolean isFollowing) {
        Follow follow = follow(state, reference, isFollowing);
        DeploymentState next = served(state, to)
                .edit()
                .following(reference, follow)
                .held(without(state.held(), to.manifest()))
                .build();
        return new Change(next, DeploymentAction.SWAPPED, "to " + to);
    }

    /** Whether a reference is followed that a person has chosen. */
    static Follow follow(DeploymentState state, ModelRef reference, boolean isFollowing) {
        if (reference.isFixed()) {
            return Follow.STAY;
        }
        return isFollowing ? Follow.FOLLOW : state.follow();
    }

    /** The followed reference has moved, and the plan is to go there at once. */
    static Change follow(DeploymentState state, PinnedVersion to) {
        DeploymentState next = served(state, to).edit().held(new TreeSet<>()).build();
        return new Change(next, DeploymentAction.SWAPPED, "to " + to + ", which " + state.reference() + " means now");
    }

    /** A rollout of a candidate begins, and goes as far as its first step that waits. */
    static Change start(DeploymentState state, RolloutState rollout) {
        Traffic old = state.traffic();
        RolloutPlan plan = rollout.plan();
        Traffic both = new Traffic(
                rollout.id(),
                plan.strategy() == RolloutPlan.Strategy.ROLLING ? Traffic.Unit.REPLICAS : Traffic.Unit.KEYS,
                List.of(old.primary().withWeight(Traffic.WHOLE), new Variant(Variant.CANARY, rollout.candidate(), 0)),
                old.rules(),
                old.shadow());
        DeploymentState begun = state.edit()
                .traffic(both)
                .rollout(Optional.of(rollout))
                .held(without(state.held(), rollout.candidate().manifest()))
                .build();
        DeploymentState next = enter(begun, rollout, 0);
        return new Change(next, DeploymentAction.ROLLOUT_STARTED, place(next, rollout.candidate()));
    }

    /** The present step is done. */
    static Change advance(DeploymentState state, DeploymentAction action) {
        RolloutState rollout = state.rollout().orElseThrow();
        RolloutState running = rollout.with(RolloutState.Phase.RUNNING);
        DeploymentState next = enter(state, running, rollout.step() + 1);
        boolean isDone = next.rollout().isEmpty();
        return new Change(next, isDone ? DeploymentAction.PROMOTED : action, place(next, rollout.candidate()));
    }

    /** Applies weights up to the next step that waits; after the last one the candidate has all traffic. */
    private static DeploymentState enter(DeploymentState state, RolloutState rollout, int from) {
        List<RolloutStep> steps = rollout.plan().steps();
        int weight = state.traffic().find(Variant.CANARY).orElseThrow().weight();
        int step = from;
        while (step < steps.size() && steps.get(step) instanceof RolloutStep.SetWeight set) {
            weight = set.weight();
            step++;
        }
        if (step == steps.size()) {
            return served(state, rollout.candidate());
        }
        return state.edit()
                .traffic(weighted(state.traffic(), weight))
                .rollout(Optional.of(rollout.at(step)))
                .build();
    }

    private static Traffic weighted(Traffic traffic, int canary) {
        return new Traffic(
                traffic.salt(),
                traffic.unit(),
                List.of(
                        traffic.primary().withWeight(Traffic.WHOLE - canary),
                        traffic.find(Variant.CANARY).orElseThrow().withWeight(canary)),
                traffic.rules(),
                traffic.shadow());
    }

    /** All traffic to the candidate now. */
    static Change promote(DeploymentState state) {
        PinnedVersion candidate = state.rollout().orElseThrow().candidate();
        return new Change(served(state, candidate), DeploymentAction.PROMOTED, candidate.toString());
    }

    /** All traffic back to the version before the candidate, which is not tried again by itself. */
    static Change giveUp(DeploymentState state, DeploymentAction action) {
        PinnedVersion candidate = state.rollout().orElseThrow().candidate();
        DeploymentState next = alone(state, state.primary())
                .edit()
                .held(with(state.held(), candidate.manifest()))
                .build();
        return new Change(next, action, "from " + candidate + " to " + next.primary());
    }

    /** An earlier version comes back; the present one is not tried again by itself. */
    static Change rollBack(DeploymentState state, PinnedVersion to) {
        PinnedVersion bad = state.primary();
        List<PinnedVersion> previous = new ArrayList<>(state.previous());
        previous.remove(to);
        DeploymentState next = alone(state, to)
                .edit()
                .previous(previous)
                .held(with(without(state.held(), to.manifest()), bad.manifest()))
                .build();
        return new Change(next, DeploymentAction.ROLLED_BACK, "from " + bad + " to " + to);
    }

    /** The rollout waits for a person. */
    static Change pause(DeploymentState state) {
        RolloutState rollout = state.rollout().orElseThrow();
        DeploymentState next = state.edit()
                .rollout(Optional.of(rollout.with(RolloutState.Phase.PAUSED)))
                .build();
        return new Change(next, DeploymentAction.ROLLOUT_PAUSED, place(next, rollout.candidate()));
    }

    /** A person lets the rollout go on; without one, what was held may be tried again. */
    static Change resume(DeploymentState state) {
        if (state.rollout().isEmpty()) {
            DeploymentState next = state.edit().held(new TreeSet<>()).build();
            return new Change(next, DeploymentAction.RESUMED, "what was rolled back may be tried again");
        }
        RolloutState rollout = state.rollout().get();
        if (rollout.plan().steps().get(rollout.step()) instanceof RolloutStep.Hold) {
            return advance(state, DeploymentAction.RESUMED);
        }
        DeploymentState next = state.edit()
                .rollout(Optional.of(rollout.with(RolloutState.Phase.RUNNING)))
                .build();
        return new Change(next, DeploymentAction.RESUMED, place(next, rollout.candidate()));
    }

    /** One version serves, and what served before may come back. */
    private static DeploymentState served(DeploymentState state, PinnedVersion version) {
        return alone(remembering(state, version), version);
    }

    /** All that serves now, but for one version, may come back; the primary first. */
    private static DeploymentState remembering(DeploymentState state, PinnedVersion but) {
        List<PinnedVersion> serving =
                state.traffic().variants().stream().map(Variant::version).toList();
        List<PinnedVersion> previous = new ArrayList<>(serving);
        previous.addAll(state.previous());
        previous.removeIf(but::equals);
        return state.edit().previous(previous.stream().distinct().toList()).build();
    }

    /** Several versions serve, and what served before and is none of them may come back. */
    static DeploymentState split(DeploymentState state, Traffic traffic) {
        List<PinnedVersion> serving =
                traffic.variants().stream().map(Variant::version).toList();
        DeploymentState remembered = remembering(state, traffic.primary().version());
        return remembered
                .edit()
                .previous(remembered.previous().stream()
                        .filter(version -> !serving.contains(version))
                        .toList())
                .traffic(traffic)
                .build();
    }

    private static DeploymentState alone(DeploymentState state, PinnedVersion version) {
        Traffic old = state.traffic();
        List<Traffic.Rule> rules = old.rules().stream()
                .filter(rule ->
                        rule.variant().equals(Variant.PRIMARY) || rule.variant().equals(Variant.CANARY))
                .toList();
        Traffic traffic = Traffic.all(old.salt(), version).withRules(rules).withShadow(old.shadow());
        return state.edit().traffic(traffic).rollout(Optional.empty()).build();
    }

    /** Where a candidate stands, for the history. */
    private static String place(DeploymentState state, PinnedVersion candidate) {
        int weight = state.traffic().find(Variant.CANARY).map(Variant::weight).orElse(Traffic.WHOLE);
        String share = "%s at %s %%".formatted(candidate, Shares.percent(weight));
        return state.rollout()
                .map(rollout -> "%s, step %s of %s"
                        .formatted(
                                share,
                                rollout.step() + 1,
                                rollout.plan().steps().size()))
                .orElse(share);
    }

    private static SortedSet<Digest> with(SortedSet<Digest> digests, Digest more) {
        SortedSet<Digest> all = new TreeSet<>(digests);
        all.add(more);
        return all;
    }

    private static SortedSet<Digest> without(SortedSet<Digest> digests, Digest less) {
        SortedSet<Digest> all = new TreeSet<>(digests);
        all.remove(less);
        return all;
    }
}
