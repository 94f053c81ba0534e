package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.Verdict;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.Slo;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an instance makes of a rollout, in a time that the test moves. */
final class RolloutWatchTest {
    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();
    private static final PinnedVersion CANDIDATE =
            new PinnedVersion(ModelName.parse("m"), ModelVersion.parse("2.0.0"), Digest.sha256(new byte[0]));

    private final VersionStats candidate = new VersionStats();
    private final VersionStats primary = new VersionStats();
    private long now;

    private static RolloutState state(Rollout rollout) {
        return new RolloutState(
                "r", rollout.plan(), CANDIDATE, 1, RolloutState.Phase.RUNNING, Principal.service("here"));
    }

    private static Rollout rollout() {
        return Rollout.canary(10)
                .every(Duration.ofMinutes(1))
                .slo(Slo.errorRateBelow(0.1))
                .minimumSamples(10);
    }

    private StepReport after(RolloutWatch watch, RolloutState state, double intervals, boolean fails) {
        for (int i = 0; i < 20; i++) {
            if (fails) {
                candidate.failed();
            } else {
                candidate.answered(1_000);
            }
        }
        now += (long) (intervals * INTERVAL);
        return watch.report(state, now);
    }

    @Test
    void anIntervalFailsOnceHoweverOftenOneLooks() {
        RolloutState state = state(rollout().failureLimit(2));
        RolloutWatch watch = new RolloutWatch(state, candidate, primary, now);
        watch.report(state, now);
        for (int look = 0; look < 3; look++) {
            assertThat(after(watch, state, 0.25, true).verdict()).isEqualTo(Verdict.PENDING);
        }
        assertThat(after(watch, state, 0.25, true).verdict())
                .as("one failed interval")
                .isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, true).verdict()).as("two").isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 0.25, true).verdict())
                .as("the breach that decides does not wait for the end of its interval")
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void successesHaveToBeInARow() {
        RolloutState state = state(rollout().failureLimit(5).consecutiveSuccesses(2));
        RolloutWatch watch = new RolloutWatch(state, candidate, primary, now);
        watch.report(state, now);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, true).verdict()).isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.PENDING);
        StepReport passed = after(watch, state, 1, false);
        assertThat(passed.verdict()).isEqualTo(Verdict.PASSED);
        assertThat(passed.samples()).isEqualTo(80);
    }

    @Test
    void whatAPersonResumesIsMeasuredAgain() {
        RolloutState state = state(rollout().minimumSamples(1_000).inconclusiveLimit(2));
        RolloutWatch watch = new RolloutWatch(state, candidate, primary, now);
        watch.report(state, now);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(watch.report(state.with(RolloutState.Phase.PAUSED), now).verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(watch.report(state, now).verdict()).as("resumed").isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void veryLargeDifferencesAreABreachHoweverMany() {
        RolloutState state = state(Rollout.canary(10)
                .every(Duration.ofMinutes(1))
                .slo(Slo.predictionDifferenceBelow(0.1))
                .failureLimit(1));
        RolloutWatch watch = new RolloutWatch(state, candidate, primary, now);
        watch.report(state, now);
        for (int i = 0; i < 12_000; i++) {
            candidate.compared(Double.POSITIVE_INFINITY);
        }
        assertThat(after(watch, state, 1, false).detail()).contains("difference");
    }

    @Test
    void anIntervalWithTooFewRequestsIsCarriedOn() {
        RolloutState state = state(rollout().minimumSamples(30).inconclusiveLimit(3));
        RolloutWatch watch = new RolloutWatch(state, candidate, primary, now);
        watch.report(state, now);
        assertThat(after(watch, state, 1, false).verdict()).isEqualTo(Verdict.PENDING);
        assertThat(after(watch, state, 1, false).verdict())
                .as("40 in two intervals")
                .isEqualTo(Verdict.PASSED);
    }
}
