package io.modelregistry.lifecycle;

import io.modelregistry.model.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which stages there are and which moves between them are allowed: data, not code.
 *
 * @param name what the policy is called in messages
 * @param initial the stage of a version that was just published
 * @param transitions for each stage, in order, the stages that a version may be moved to
 * @param exclusive stages that hold at most one version of a model, each with the stage that the previous holder moves
 *     to in the same commit
 * @param rollbackFrom stages from which a version that has been {@link Stage#PRODUCTION} may be rolled back to
 */
public record LifecyclePolicy(
        String name,
        Stage initial,
        Map<Stage, List<Stage>> transitions,
        Map<Stage, Stage> exclusive,
        Set<Stage> rollbackFrom) {
    /**
     * NONE to STAGING, PRODUCTION or ARCHIVED; STAGING to PRODUCTION, NONE or ARCHIVED; PRODUCTION to ARCHIVED;
     * ARCHIVED to NONE. Promoting to PRODUCTION archives the previous production version.
     */
    public static final LifecyclePolicy SIMPLE = simple();

    /** Copies the collections and checks that every stage named is a stage of the policy. */
    public LifecyclePolicy {
        Map<Stage, List<Stage>> copy = new LinkedHashMap<>();
        transitions.forEach((from, to) -> copy.put(from, List.copyOf(to)));
        transitions = java.util.Collections.unmodifiableMap(copy);
        exclusive = Map.copyOf(exclusive);
        rollbackFrom = Set.copyOf(rollbackFrom);
        Set<Stage> named = new LinkedHashSet<>(rollbackFrom);
        named.add(initial);
        copy.values().forEach(named::addAll);
        named.addAll(exclusive.keySet());
        named.addAll(exclusive.values());
        named.removeAll(copy.keySet());
        if (!named.isEmpty()) {
            throw new InvalidValueException(
                    "lifecycle policy",
                    name,
                    "it names the stages " + named + " and no transitions of them",
                    "transitions of every stage");
        }
    }

    /** The stages of the policy, in order. */
    public Set<Stage> stages() {
        return transitions.keySet();
    }

    /** Whether a version may be moved like this. Staying in a stage is not a move. */
    public boolean allows(Stage from, Stage to) {
        return transitions.getOrDefault(from, List.of()).contains(to);
    }

    /** The stages that a version may be moved to from a stage; empty if there are none. */
    public List<Stage> next(Stage from) {
        return transitions.getOrDefault(from, List.of());
    }

    /**
     * Where the previous holder of a stage goes when another version enters it; empty if the stage holds any number.
     */
    public Optional<Stage> displacedTo(Stage entered) {
        return Optional.ofNullable(exclusive.get(entered));
    }

    private static LifecyclePolicy simple() {
        Map<Stage, List<Stage>> moves = new LinkedHashMap<>();
        moves.put(Stage.NONE, List.of(Stage.STAGING, Stage.PRODUCTION, Stage.ARCHIVED));
        moves.put(Stage.STAGING, List.of(Stage.PRODUCTION, Stage.NONE, Stage.ARCHIVED));
        moves.put(Stage.PRODUCTION, List.of(Stage.ARCHIVED));
        moves.put(Stage.ARCHIVED, List.of(Stage.NONE));
        return new LifecyclePolicy(
                "simple", Stage.NONE, moves, Map.of(Stage.PRODUCTION, Stage.ARCHIVED), Set.of(Stage.ARCHIVED));
    }
}
