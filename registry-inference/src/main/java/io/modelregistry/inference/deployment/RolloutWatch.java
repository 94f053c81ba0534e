package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.Analysis;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.Verdict;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Slo;
import java.util.Locale;
import java.util.Optional;

/**
 * What this instance makes of a rollout: it measures the candidate and the primary in intervals and says of each step
 * whether it is done here. Used by one thread.
 *
 * <p>An interval with too few requests is carried on into the next, and each interval succeeds or fails once, at its
 * end. Only the breach that decides does not wait for that: it counts as soon as enough was seen.
 */
final class RolloutWatch {
    private final String rollout;
    private final VersionStats candidate;
    private final VersionStats primary;
    private VersionStats.Reading candidateBefore;
    private VersionStats.Reading primaryBefore;
    private long windowBegan;
    private int step = -1;
    private long stepBegan;
    private long stepSamples;
    private int failures;
    private int successes;
    private int inconclusive;
    private RolloutState.Phase phase = RolloutState.Phase.RUNNING;
    private String detail = "";

    RolloutWatch(RolloutState state, VersionStats candidate, VersionStats primary, long now) {
        this.rollout = state.id();
        this.candidate = candidate;
        this.primary = primary;
        this.candidateBefore = candidate.read();
        this.primaryBefore = primary.read();
        this.windowBegan = now;
    }

    String rollout() {
        return rollout;
    }

    /** Measures, and says where the present step stands. */
    StepReport report(RolloutState state, long now) {
        if (state.step() != step) {
            step = state.step();
            stepBegan = now;
            stepSamples = 0;
            successes = 0;
            inconclusive = 0;
            beginWindow(now);
        } else if (state.phase() == RolloutState.Phase.RUNNING && phase != state.phase()) {
            // A person has looked and wants it to be tried again.
            inconclusive = 0;
            beginWindow(now);
        }
        phase = state.phase();
        Optional<Analysis> analysis = state.plan().analysis();
        analysis.ifPresent(terms -> measure(terms, now));
        boolean isBreach = analysis.isPresent() && failures > analysis.get().failureLimit();
        boolean isJudged = isBreach && analysis.get().onBreach() == Analysis.OnBreach.ROLL_BACK;
        Verdict verdict = isJudged ? Verdict.FAILED : verdict(state, now);
        return new StepReport(rollout, step, verdict, stepSamples, detail);
    }

    private Verdict verdict(RolloutState state, long now) {
        RolloutStep present = state.plan().steps().get(step);
        if (present instanceof RolloutStep.Wait wait) {
            return now - stepBegan >= wait.time().toNanos() ? Verdict.PASSED : Verdict.PENDING;
        }
        if (present instanceof RolloutStep.Analyse) {
            Analysis terms = state.plan().analysis().orElseThrow();
            if (terms.inconclusiveLimit() > 0 && inconclusive >= terms.inconclusiveLimit()) {
                return Verdict.INCONCLUSIVE;
            }
            return successes >= terms.consecutiveSuccesses() ? Verdict.PASSED : Verdict.PENDING;
        }
        return Verdict.PENDING;
    }

    private void measure(Analysis terms, long now) {
        VersionStats.Reading mine = candidate.read().since(candidateBefore);
        VersionStats.Reading theirs = primary.read().since(primaryBefore);
        boolean isOver = now - windowBegan >= terms.interval().toNanos();
        boolean isConclusive = true;
        String breach = "";
        for (Slo slo : terms.slos()) {
            if (samples(slo, mine, theirs) < terms.minimumSamples()) {
                isConclusive = false;
            } else if (breach.isEmpty()) {
                breach = breach(slo, mine, theirs);
            }
        }
        boolean isLast = failures >= terms.failureLimit();
        if (!breach.isEmpty() && (isOver || isLast)) {
            failures++;
            successes = 0;
            end(now, mine, (terms.onBreach() == Analysis.OnBreach.REPORT ? "dry run: " : "") + breach);
        } else if (isOver && isConclusive) {
            successes++;
            inconclusive = 0;
            end(now, mine, "%s of %s measurements passed".formatted(successes, terms.consecutiveSuccesses()));
        } else if (isOver) {
            inconclusive++;
            windowBegan = now;
            detail = "%s requests of the candidate in %s intervals, expected %s"
                    .formatted(mine.requests(), inconclusive, terms.minimumSamples());
        }
    }

    private void end(long now, VersionStats.Reading mine, String why) {
        stepSamples += mine.requests();
        detail = why;
        beginWindow(now);
    }

    private void beginWindow(long now) {
        candidateBefore = candidate.read();
        primaryBefore = primary.read();
        windowBegan = now;
    }

    private static long samples(Slo slo, VersionStats.Reading mine, VersionStats.Reading theirs) {
        long own = slo.indicator() == Slo.Indicator.PREDICTION_DIFFERENCE ? mine.compared() : mine.requests();
        return slo.bound() == Slo.Bound.TIMES_PRIMARY ? Math.min(own, theirs.requests()) : own;
    }

    /** What breaks an objective; empty if nothing does. */
    private static String breach(Slo slo, VersionStats.Reading mine, VersionStats.Reading theirs) {
        double value = value(slo, mine);
        double bound = slo.bound() == Slo.Bound.ABSOLUTE ? slo.limit() : slo.limit() * value(slo, theirs);
        if (value <= bound) {
            return "";
        }
        String name = slo.indicator().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String percentile = slo.indicator() == Slo.Indicator.LATENCY ? " p" + slo.percentile() : "";
        String of = slo.bound() == Slo.Bound.ABSOLUTE ? "" : ", " + slo.limit() + " times that of the primary";
        return "%s%s is %s in %s requests, the limit is %s%s"
                .formatted(name, percentile, value, mine.requests(), bound, of);
    }

    private static double value(Slo slo, VersionStats.Reading reading) {
        return switch (slo.indicator()) {
            case ERROR_RATE -> reading.errorRate();
            case LATENCY -> reading.latency(slo.percentile());
            case PREDICTION_DIFFERENCE -> reading.difference();
        };
    }
}
