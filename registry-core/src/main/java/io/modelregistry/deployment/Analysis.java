package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a rollout judges its canary: once per interval, on each instance by what that instance has seen.
 *
 * @param slos what has to hold, at least one
 * @param interval how long one measurement takes
 * @param minimumSamples an interval with fewer requests of the canary says nothing: it is carried on into the next
 * @param failureLimit how many failed intervals of one instance are borne; the next one is the breach
 * @param consecutiveSuccesses how many intervals in a row must succeed before a step that analyses is passed
 * @param inconclusiveLimit how many intervals in a row may say nothing before the rollout pauses for a person; 0 for
 *     any number
 * @param onBreach what a breach does
 */
public record Analysis(
        List<Slo> slos,
        Duration interval,
        long minimumSamples,
        int failureLimit,
        int consecutiveSuccesses,
        int inconclusiveLimit,
        OnBreach onBreach) {
    /** What a breach does. */
    public enum OnBreach {
        /** Sends all traffic back to the version before. */
        ROLL_BACK,
        /** Nothing but a line in the status: a dry run. */
        REPORT
    }

    /**
     * Checks the numbers.
     *
     * @throws InvalidValueException naming what is out of range
     */
    public Analysis {
        Objects.requireNonNull(onBreach, "onBreach");
        slos = List.copyOf(slos);
        if (slos.isEmpty()) {
            throw new InvalidValueException("analysis", "[]", "it has no SLO", "at least one");
        }
        if (interval.isNegative() || interval.isZero()) {
            throw new InvalidValueException(
                    "analysis interval", interval.toString(), "it is no length of time", "a positive duration");
        }
        atLeast("minimum samples", minimumSamples, 1);
        atLeast("failure limit", failureLimit, 0);
        atLeast("consecutive successes", consecutiveSuccesses, 1);
        atLeast("inconclusive limit", inconclusiveLimit, 0);
    }

    private static void atLeast(String thing, long value, long least) {
        if (value < least) {
            throw new InvalidValueException(thing, Long.toString(value), "it is too small", least + " or more");
        }
    }
}
