package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.Analysis;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutPlan.Strategy;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Slo;
import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes down how a deployment goes to another version. Not thread-safe; {@link #plan} gives the immutable plan.
 *
 * <p>The short forms make two steps for each share of the traffic: set the weight; then analyse, which takes at least
 * one interval, or wait for one where there is no objective. {@link #steps()} starts without any, for other orders.
 */
public final class Rollout {
    private final Strategy strategy;
    private final List<Integer> weights;
    private final List<RolloutStep> steps = new ArrayList<>();
    private final List<Slo> slos = new ArrayList<>();
    private static final Duration LONGEST = Duration.ofDays(365);

    private Duration interval = Duration.ofMinutes(1);
    private long minimumSamples = 100;
    private int failureLimit;
    private int consecutiveSuccesses = 1;
    private int inconclusiveLimit;
    private Analysis.OnBreach onBreach = Analysis.OnBreach.ROLL_BACK;

    private Rollout(Strategy strategy, List<Integer> weights) {
        this.strategy = strategy;
        this.weights = weights;
    }

    /**
     * Gives the candidate these percentages of the keys, one after the other, and then all.
     *
     * @throws InvalidValueException if there is none, or one is out of range
     */
    public static Rollout canary(double... percentages) {
        return new Rollout(Strategy.CANARY, shares(percentages));
    }

    /**
     * Gives the candidate these percentages of the replicas of all instances, one after the other, and then all.
     *
     * @throws InvalidValueException if there is none, or one is out of range
     */
    public static Rollout rolling(double... percentages) {
        return new Rollout(Strategy.ROLLING, shares(percentages));
    }

    /** Loads the candidate beside the old version, waits until a person resumes, and switches. */
    public static Rollout blueGreen() {
        return new Rollout(Strategy.BLUE_GREEN, List.of()).hold();
    }

    /** Switches as soon as the candidate has passed its checks. */
    public static Rollout immediate() {
        return new Rollout(Strategy.BLUE_GREEN, List.of());
    }

    /** A canary whose steps are added one by one. */
    public static Rollout steps() {
        return new Rollout(Strategy.CANARY, List.of());
    }

    private static List<Integer> shares(double... percentages) {
        if (percentages.length == 0) {
            throw new InvalidValueException("rollout", "[]", "it has no share of the traffic", "at least one");
        }
        List<Integer> weights = new ArrayList<>();
        for (double percent : percentages) {
            weights.add(Shares.weight(percent));
        }
        return List.copyOf(weights);
    }

    /** Adds a step that gives the candidate this percentage. */
    public Rollout weight(double percent) {
        steps.add(new RolloutStep.SetWeight(Shares.weight(percent)));
        return this;
    }

    /** Adds a step that waits for a time. */
    public Rollout wait(Duration time) {
        steps.add(new RolloutStep.Wait(time));
        return this;
    }

    /** Adds a step that waits until a person resumes. */
    public Rollout hold() {
        steps.add(new RolloutStep.Hold());
        return this;
    }

    /** Adds a step that waits until the analysis has passed. */
    public Rollout analyse() {
        steps.add(new RolloutStep.Analyse());
        return this;
    }

    /** Adds a step that waits until a person approves. */
    public Rollout approve() {
        steps.add(new RolloutStep.Approve());
        return this;
    }

    /**
     * How long each share lasts at least, and how long one measurement of the analysis takes; a minute by default.
     *
     * @throws InvalidValueException if it is negative or more than a year
     */
    public Rollout every(Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new InvalidValueException(
                    "time of a step", time.toString(), "it is out of range", "0 to " + LONGEST.toDays() + " days");
        }
        interval = time;
        return this;
    }

    /** Adds an objective that the candidate has to keep. */
    public Rollout slo(Slo slo) {
        slos.add(slo);
        return this;
    }

    /** How many requests of the candidate an instance must have seen to judge it; 100 by default. */
    public Rollout minimumSamples(long samples) {
        minimumSamples = samples;
        return this;
    }

    /** How many failed measurements are borne before the rollout is rolled back; 0 by default. */
    public Rollout failureLimit(int failures) {
        failureLimit = failures;
        return this;
    }

    /** How many measurements in a row must succeed for a step that analyses; 1 by default. */
    public Rollout consecutiveSuccesses(int successes) {
        consecutiveSuccesses = successes;
        return this;
    }

    /** How many intervals in a row may have too few samples before the rollout pauses; any number by default. */
    public Rollout inconclusiveLimit(int intervals) {
        inconclusiveLimit = intervals;
        return this;
    }

    /** Only reports breaches instead of rolling back. */
    public Rollout dryRun() {
        onBreach = Analysis.OnBreach.REPORT;
        return this;
    }

    /**
     * The plan as collected so far.
     *
     * @throws InvalidValueException naming what is out of range
     */
    public RolloutPlan plan() {
        List<RolloutStep> all = new ArrayList<>();
        for (int weight : weights) {
            all.add(new RolloutStep.SetWeight(weight));
            all.add(slos.isEmpty() ? new RolloutStep.Wait(interval) : new RolloutStep.Analyse());
        }
        all.addAll(steps);
        Optional<Analysis> analysis = slos.isEmpty()
                ? Optional.empty()
                : Optional.of(new Analysis(
                        slos,
                        interval,
                        minimumSamples,
                        failureLimit,
                        consecutiveSuccesses,
                        inconclusiveLimit,
                        onBreach));
        return new RolloutPlan(strategy, all, analysis);
    }

    @Override
    public String toString() {
        return plan().toString();
    }
}
