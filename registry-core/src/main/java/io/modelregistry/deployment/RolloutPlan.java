package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a deployment goes from one version to the next; after the last step the candidate takes all traffic.
 *
 * @param strategy what the steps divide
 * @param steps in order; none means at once
 * @param analysis how the candidate is judged while it has traffic; empty means not at all
 */
public record RolloutPlan(Strategy strategy, List<RolloutStep> steps, Optional<Analysis> analysis) {
    private static final int MAX_STEPS = 1_000;

    /** What the weights of a rollout divide. */
    public enum Strategy {
        /** Keys of requests, share by share. */
        CANARY,
        /** Replicas of all instances, share by share. */
        ROLLING,
        /** Nothing: the candidate is loaded beside the old version and takes all traffic in one step. */
        BLUE_GREEN
    }

    /**
     * Checks that a step that analyses has something to analyse by.
     *
     * @throws InvalidValueException if it has not, or there are more than a thousand steps
     */
    public RolloutPlan {
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(analysis, "analysis");
        steps = List.copyOf(steps);
        if (steps.size() > MAX_STEPS) {
            throw new InvalidValueException(
                    "rollout", steps.size() + " steps", "it has too many", "at most " + MAX_STEPS);
        }
        if (analysis.isEmpty() && steps.stream().anyMatch(RolloutStep.Analyse.class::isInstance)) {
            throw new InvalidValueException(
                    "rollout", steps.toString(), "a step analyses and there is no SLO", "at least one SLO");
        }
    }

    /** All traffic to the new version at once. */
    public static RolloutPlan immediate() {
        return new RolloutPlan(Strategy.BLUE_GREEN, List.of(), Optional.empty());
    }
}
