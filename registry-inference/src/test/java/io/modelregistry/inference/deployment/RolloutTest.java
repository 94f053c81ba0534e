package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.Lab.answer;
import static io.modelregistry.inference.deployment.ScriptedProvider.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.Slo;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.lifecycle.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rollouts on one instance: their steps, and what ends them. */
final class RolloutTest {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private static Deployment deployed(Lab lab) {
        return lab.with("1.0.0", "2.0.0", "3.0.0")
                .instance()
                .deploy("churn", "m:1.0.0", lab.options().build());
    }

    private static Optional<RolloutState> rollout(Deployment deployment) {
        return deployment.snapshot().state().rollout();
    }

    private static int canary(Deployment deployment) {
        return deployment
                .snapshot()
                .state()
                .traffic()
                .find(Variant.CANARY)
                .map(Variant::weight)
                .orElse(0);
    }

    private static List<DeploymentAction> actions(Deployment deployment) {
        return deployment.history(0, 100).stream().map(DeploymentEvent::action).toList();
    }

    /** Clients that predict by changing keys until they are closed. */
    private static final class Clients implements AutoCloseable {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicLong answered = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final AtomicLong unexpected = new AtomicLong();
        private final Thread[] threads = new Thread[4];

        Clients(Deployment deployment) {
            for (int i = 0; i < threads.length; i++) {
                int client = i;
                threads[i] = new Thread(() -> {
                    for (long n = 0; !stopped.get(); n++) {
                        try {
                            deployment.predict(row(0, 0), RequestContext.key(client + "/" + n));
                            answered.incrementAndGet();
                        } catch (PredictionFailedException e) {
                            failed.incrementAndGet();
                        } catch (RuntimeException e) {
                            unexpected.incrementAndGet();
                        }
                        Thread.onSpinWait();
                    }
                });
                threads[i].start();
            }
        }

        void stop() {
            stopped.set(true);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void close() {
            stop();
        }
    }

    @Test
    void aHealthyCanaryGoesAllTheWayByItself() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            try (Clients clients = new Clients(deployment)) {
                deployment.rollOut(
                        "m:2.0.0",
                        Rollout.canary(1, 10, 50)
                                .every(INTERVAL)
                                .slo(Slo.errorRateBelow(0.01))
                                .minimumSamples(5),
                        "try it");
                await().until(() -> rollout(deployment).isEmpty());
                clients.stop();
                assertThat(clients.failed).hasValue(0);
                assertThat(clients.unexpected).hasValue(0);
            }
            assertThat(answer(deployment)).isEqualTo(2);
            assertThat(actions(deployment))
                    .containsExactly(
                            DeploymentAction.DEPLOYED,
                            DeploymentAction.ROLLOUT_STARTED,
                            DeploymentAction.STEP_ADVANCED,
                            DeploymentAction.STEP_ADVANCED,
                            DeploymentAction.PROMOTED);
            assertThat(deployment.rollbackTargets()).hasToString("[m:1.0.0]");
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        }
    }

    @Test
    void aCanaryThatFailsIsRolledBackAndNotTriedAgain() throws Exception {
        try (Lab lab = new Lab()) {
            lab.with("1.0.0", "2.0.0", "3.0.0").registry.promote("m:1.0.0", Stage.PRODUCTION);
            AtomicBoolean broken = new AtomicBoolean();
            lab.engine.behave("m:2.0.0", in -> {
                if (broken.get()) {
                    throw new IllegalStateException("broken");
                }
                return ScriptedProvider.add(in, 2);
            });
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m@production",
                            lab.options()
                                    .onChange(Rollout.canary(10)
                                            .every(INTERVAL)
                                            .slo(Slo.errorRateBelow(0.01))
                                            .minimumSamples(20)
                                            .consecutiveSuccesses(1_000_000))
                                    .build());
            try (Clients clients = new Clients(deployment)) {
                lab.registry.promote("m:2.0.0", Stage.PRODUCTION);
                await().until(() -> canary(deployment) > 0);
                broken.set(true);
                long begun = System.nanoTime();
                await().until(() -> rollout(deployment).isEmpty());
                long failedBefore = clients.failed.get();
                assertThat(System.nanoTime() - begun).isPositive();
                assertThat(failedBefore).isPositive();
                assertThat(answer(deployment)).isEqualTo(1);
                deployment.reload();
                assertThat(rollout(deployment))
                        .as("what was rolled back is held")
                        .isEmpty();
                clients.stop();
                assertThat(clients.unexpected)
                        .as("requests failed by the rollback")
                        .hasValue(0);
            }
            DeploymentEvent last = deployment.history(0, 100).get(2);
            assertThat(last.action()).isEqualTo(DeploymentAction.ROLLED_BACK);
            assertThat(last.reason()).startsWith("error rate is ").contains("the limit is 0.01");
            broken.set(false);
            deployment.resume("it was the database");
            await().until(() -> canary(deployment) > 0);
            deployment.abort("not today");
            lab.registry.promote("m:3.0.0", Stage.PRODUCTION);
            await().until(() -> canary(deployment) > 0);
            assertThat(rollout(deployment).orElseThrow().candidate()).hasToString("m:3.0.0");
        }
    }

    @Test
    void aPredictionThatDiffersTooMuchIsABreach() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            try (Clients clients = new Clients(deployment)) {
                deployment.rollOut(
                        "m:2.0.0",
                        Rollout.canary(50)
                                .every(INTERVAL)
                                .slo(Slo.predictionDifferenceBelow(0.5))
                                .minimumSamples(10),
                        "");
                await().until(() -> rollout(deployment).isEmpty());
                assertThat(clients.unexpected).hasValue(0);
            }
            assertThat(answer(deployment)).isEqualTo(1);
            assertThat(deployment.history(0, 100).get(2).reason()).startsWith("prediction difference is 1.0 ");
        }
    }

    @Test
    void aSlowCanaryIsComparedWithThePrimary() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            lab.engine.behave("m:2.0.0", in -> {
                long until = System.nanoTime() + 3_000_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                return ScriptedProvider.add(in, 2);
            });
            try (Clients clients = new Clients(deployment)) {
                deployment.rollOut(
                        "m:2.0.0",
                        Rollout.canary(30)
                                .every(INTERVAL)
                                .slo(Slo.latencyTimesPrimary(50, 5))
                                .minimumSamples(10),
                        "");
                await().until(() -> rollout(deployment).isEmpty());
                assertThat(clients.unexpected).hasValue(0);
            }
            assertThat(answer(deployment)).isEqualTo(1);
            assertThat(deployment.history(0, 100).get(2).reason()).contains("times that of the primary");
        }
    }

    @Test
    void aDryRunReportsAndGoesOn() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            try (Clients clients = new Clients(deployment)) {
                deployment.rollOut(
                        "m:2.0.0",
                        Rollout.canary(50)
                                .every(INTERVAL)
                                .slo(Slo.predictionDifferenceBelow(0.5))
                                .minimumSamples(10)
                                .dryRun(),
                        "");
                await().until(() -> deployment.status().step().isPresent()
                        && deployment.status().step().get().detail().startsWith("dry run: prediction difference"));
                assertThat(clients.unexpected).hasValue(0);
            }
            assertThat(canary(deployment)).isEqualTo(50_000);
            deployment.promote("good enough");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    @Test
    void stepsWaitForPeople() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            deployment.rollOut(
                    "m:2.0.0",
                    Rollout.steps().hold().weight(20).approve().weight(40).wait(Duration.ofMillis(1)),
                    "");
            assertThat(canary(deployment)).isZero();
            assertThatThrownBy(() -> deployment.approve("")).hasMessageContaining("does not wait for an approval");
            assertThatThrownBy(() -> deployment.rollOut("m:3.0.0", Rollout.immediate(), ""))
                    .isInstanceOf(RolloutRefusedException.class)
                    .hasMessageContaining("a rollout of m:2.0.0 runs");
            assertThatThrownBy(() -> deployment.swap("m:3.0.0", "")).isInstanceOf(RolloutRefusedException.class);
            deployment.resume("");
            assertThat(canary(deployment)).isEqualTo(20_000);
            deployment.pause("lunch");
            assertThat(rollout(deployment).orElseThrow().phase()).isEqualTo(RolloutState.Phase.PAUSED);
            deployment.approve("fine");
            await().until(() -> rollout(deployment).isEmpty());
            assertThat(answer(deployment)).isEqualTo(2);
            deployment.rollback("no");
            assertThat(answer(deployment)).isEqualTo(1);
            assertThatThrownBy(() -> deployment.rollback("no")).isInstanceOf(RolloutRefusedException.class);
        }
    }

    @Test
    void tooFewRequestsPauseTheRollout() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            deployment.rollOut(
                    "m:2.0.0",
                    Rollout.canary(10)
                            .every(Duration.ofMillis(50))
                            .slo(Slo.errorRateBelow(0.01))
                            .inconclusiveLimit(2),
                    "");
            await().until(() -> rollout(deployment).orElseThrow().phase() == RolloutState.Phase.PAUSED);
            assertThat(actions(deployment)).endsWith(DeploymentAction.ROLLOUT_PAUSED);
            assertThat(deployment.history(0, 10).get(2).reason()).contains("requests of the candidate in 2 intervals");
        }
    }

    @Test
    void blueGreenWaitsWithTheNewVersionReadyAndSwitchesAtOnce() throws Exception {
        try (Lab lab = new Lab()) {
            Deployment deployment = deployed(lab);
            deployment.rollOut("m:2.0.0", Rollout.blueGreen(), "");
            assertThat(lab.engine.open()).isEqualTo(2);
            assertThat(answer(deployment)).isEqualTo(1);
            deployment.resume("go");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    @Test
    void aRollingRolloutGivesTheCandidateWholeReplicas() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy("churn", "m:1.0.0", lab.options().replicas(4).build());
            deployment.rollOut("m:2.0.0", Rollout.rolling(50).every(Duration.ofHours(1)), "");
            long candidate = 0;
            for (int i = 0; i < 4_000; i++) {
                candidate += answer(deployment) == 2 ? 1 : 0;
            }
            double share = candidate / 4_000.0;
            assertThat(Math.round(share * 4) / 4.0 - share).isBetween(-0.05, 0.05);
            assertThatThrownBy(() -> deployment.resume("")).hasMessageContaining("nothing is paused or held");
            deployment.promote("");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceThatCannotLoadTheCandidatePausesTheRollout(DeploymentOptions.SwapOrder order) throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment good = lab.instance("good", Duration.ofSeconds(5))
                    .deploy("churn", "m:1.0.0", lab.options().build());
            Deployment bad = lab.instance("bad", Duration.ofSeconds(5))
                    .join("churn", lab.options().swapOrder(order).build());
            AtomicLong loads = new AtomicLong();
            lab.engine.onLoad("m:2.0.0", () -> {
                if (loads.incrementAndGet() > 1) {
                    throw new IllegalStateException("no room here" + " at all".repeat(1_000));
                }
            });
            good.rollOut("m:2.0.0", Rollout.canary(10).every(Duration.ofMillis(1)), "");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> rollout(good)
                            .filter(now -> now.phase() == RolloutState.Phase.PAUSED)
                            .isPresent());
            assertThat(good.history(2, 10).get(0).reason())
                    .startsWith("m:2.0.0 cannot be loaded: ")
                    .contains("no room here")
                    .endsWith("(instance bad)");
            assertThat(answer(bad)).isEqualTo(1);
            good.abort("no room on bad");
            await().until(() -> bad.health() == Health.SERVING);
        }
    }
}
