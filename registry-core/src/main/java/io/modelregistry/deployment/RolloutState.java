package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import java.util.Objects;

/**
 * A rollout under way.
 *
 * @param id its unique id
 * @param plan its steps
 * @param candidate the version that is tried
 * @param step the index of the present step, or the number of steps when all are done
 * @param phase whether it moves
 * @param startedBy who started it
 */
public record RolloutState(
        String id, RolloutPlan plan, PinnedVersion candidate, int step, Phase phase, Principal startedBy) {
    /** Whether a rollout moves. */
    public enum Phase {
        /** It goes on by itself as far as its steps say. */
        RUNNING,
        /** It waits for a person; traffic stays as it is, and a breach still rolls it back. */
        PAUSED
    }

    /**
     * Checks the step.
     *
     * @throws InvalidValueException if the plan has no such step
     */
    public RolloutState {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(candidate, "candidate");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(startedBy, "startedBy");
        if (step < 0 || step > plan.steps().size()) {
            throw new InvalidValueException(
                    "step of a rollout",
                    Integer.toString(step),
                    "there is none",
                    "0 to " + plan.steps().size());
        }
    }

    /** The same at another step. */
    public RolloutState at(int other) {
        return new RolloutState(id, plan, candidate, other, phase, startedBy);
    }

    /** The same in another phase. */
    public RolloutState with(Phase other) {
        return new RolloutState(id, plan, candidate, step, other, startedBy);
    }
}
