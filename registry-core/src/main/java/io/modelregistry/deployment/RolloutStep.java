package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;

/** One step of a rollout. */
public sealed interface RolloutStep {
    /**
     * Gives the candidate a share of the traffic.
     *
     * @param weight in {@link Traffic#WHOLE}ths
     */
    record SetWeight(int weight) implements RolloutStep {
        /** Checks the weight. */
        public SetWeight {
            if (weight < 0 || weight > Traffic.WHOLE) {
                throw new InvalidValueException(
                        "weight of a step", Integer.toString(weight), "it is out of range", "0 to " + Traffic.WHOLE);
            }
        }
    }

    /**
     * Waits.
     *
     * @param time how long, counted by each instance from when it saw the step
     */
    record Wait(Duration time) implements RolloutStep {
        /** Checks the time. */
        public Wait {
            if (time.isNegative()) {
                throw new InvalidValueException("pause", time.toString(), "it is negative", "a duration");
            }
        }
    }

    /** Waits until a person resumes. */
    record Hold() implements RolloutStep {}

    /** Waits until every instance has seen enough intervals succeed. */
    record Analyse() implements RolloutStep {}

    /** Waits until a person approves. */
    record Approve() implements RolloutStep {}
}
