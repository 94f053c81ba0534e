package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.Lab.answer;
import static io.modelregistry.inference.deployment.ScriptedProvider.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.BatchingOptions;
import io.modelregistry.inference.runtime.CircuitBreakerOptions;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One deployment on one instance. */
final class DeploymentTest {
    @Test
    void servesWhatWasDeployedAndSaysWhoAnswered() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            Prediction prediction = deployment.predict(row(1, 2), RequestContext.key("ann"));
            assertThat(prediction.outputs().get("y").floats()).containsExactly(2, 3);
            assertThat(prediction.version()).hasToString("m:1.0.0");
            assertThat(prediction.variant()).isEqualTo("primary");
            assertThat(prediction.deployment()).isEqualTo("churn");
            assertThat(prediction.modelNanos()).isPositive();
            assertThat(deployment.health()).isEqualTo(Health.SERVING);
            assertThat(deployment
                            .predictAsync(row(3, 4), RequestContext.none())
                            .get(10, TimeUnit.SECONDS)
                            .outputs()
                            .get("y")
                            .floats())
                    .containsExactly(4, 5);
            List<Outcome<Prediction>> outcomes = deployment.predictBatch(
                    List.of(row(0, 0), Tensors.of("z", new float[][] {{1}}), row(1, 1)), RequestContext.none());
            assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, true);
        }
    }

    @Test
    void aSwapClosesTheOldModelAndSurvivesARestart() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployments first = lab.instance("first");
            Deployment deployment =
                    first.deploy("churn", "m:1.0.0", lab.options().build());
            deployment.swap("m:2.0.0", "because");
            assertThat(answer(deployment)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
            assertThat(deployment.history(0, 10))
                    .extracting(event -> event.action())
                    .containsExactly(DeploymentAction.DEPLOYED, DeploymentAction.SWAPPED);
            assertThat(deployment.history(1, 10).get(0).reason()).isEqualTo("because");
            first.close();
            assertThat(lab.engine.open()).isZero();
            Deployment joined =
                    lab.instance("second").join("churn", lab.options().build());
            assertThat(answer(joined)).isEqualTo(2);
            assertThat(joined.rollbackTargets()).hasToString("[m:1.0.0]");
        }
    }

    @Test
    void aSwapToTheSameVersionChangesNothing() throws Exception {
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            assertThat(deployment.swap("m:1.0.0", "again").revision()).isEqualTo(1);
            assertThat(answer(deployment)).isEqualTo(1);
        }
    }

    @Test
    void aVersionThatCannotServeLeavesTheOldOneServing() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            lab.engine.failLoad("m:2.0.0");
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("dies in load");
            lab.engine.behave("m:3.0.0", in -> {
                throw new IllegalStateException("throws always");
            });
            assertThatThrownBy(() -> deployment.swap("m:3.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("m:3.0.0")
                    .hasMessageContaining("throws always");
            lab.engine.behave("m:4.0.0", in -> Tensors.of("y", new float[] {1}));
            assertThatThrownBy(() -> deployment.swap("m:4.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("y FP32[batch,2]");
            lab.engine.signature(
                    "m:5.0.0",
                    TensorSignature.of(TensorSpec.parse("x FP64[batch,2]"), TensorSpec.parse("z FP32[batch,2]")));
            assertThatThrownBy(() -> deployment.swap("m:5.0.0", ""))
                    .isInstanceOfSatisfying(PreflightFailedException.class, e -> {
                        assertThat(e.check()).isEqualTo(PreflightFailedException.Check.SIGNATURE);
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
                    })
                    .hasMessageContaining("input 'x' was x FP32[batch,2] and is x FP64[batch,2]")
                    .hasMessageContaining("output 'y' is gone");
            assertThatThrownBy(() -> deployment.swap("m:9.0.0", "")).isInstanceOf(RegistryException.class);
            assertThat(answer(deployment)).isEqualTo(1);
            assertThat(deployment.snapshot().revision()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        }
    }

    @Test
    void badInputIsRefusedByName() throws Exception {
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployments deployments = lab.instance();
            assertThatThrownBy(() -> deployments.get("churn"))
                    .isInstanceOf(UnknownDeploymentException.class)
                    .hasMessage(
                            "Cannot use deployment 'churn': it is not deployed on this instance, expected one of []");
            assertThatThrownBy(() -> deployments.deploy("churn", "m:7.0.0"))
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
            assertThat(deployments.all()).isEmpty();
            assertThatThrownBy(() -> deployments.join("churn", DeploymentOptions.defaults()))
                    .hasMessageContaining("churn");
            assertThatThrownBy(() -> DeploymentOptions.builder().replicas(0)).hasMessageContaining("replicas");
            Deployment deployment =
                    deployments.deploy("churn", "m:1.0.0", lab.options().build());
            assertThatThrownBy(() ->
                            deployments.deploy("churn", "m:1.0.0", lab.options().build()))
                    .hasMessageContaining("serves it already");
            assertThatThrownBy(() -> deployment.scale(0, "")).hasMessageContaining("replicas");
            assertThatThrownBy(() -> deployment.scale(1_000_000_000, ""))
                    .hasMessage("Cannot use replicas '1000000000': it is out of range, expected 1 to 1000");
            assertThatThrownBy(() -> DeploymentOptions.builder().replicas(1_001))
                    .hasMessageContaining("expected 1 to 1000");
            assertThatThrownBy(() -> deployment.rollback(""))
                    .isInstanceOf(RolloutRefusedException.class)
                    .hasMessageContaining("no other version has served before");
            assertThatThrownBy(() -> deployment.promote("")).isInstanceOf(RolloutRefusedException.class);
            assertThatThrownBy(() -> deployment.predict(Tensors.empty())).isInstanceOf(InvalidTensorException.class);
            assertThatThrownBy(() -> deployment.split(
                            Split.salted("s").variant("a", "m:1.0.0", 50).variant("b", "m:1.0.0", 40), ""))
                    .hasMessageContaining("they sum up to 90000");
            deployment.undeploy("over");
            assertThatThrownBy(() -> deployment.predict(row(0, 0))).isInstanceOf(DeploymentClosedException.class);
            assertThatThrownBy(() -> deployment.swap("m:1.0.0", "")).isInstanceOf(RegistryException.class);
            assertThatThrownBy(() -> deployments.get("churn")).isInstanceOf(UnknownDeploymentException.class);
            Deployment again =
                    deployments.deploy("churn", "m:1.0.0", lab.options().build());
            assertThat(answer(again)).isEqualTo(1);
            assertThat(again.snapshot().revision()).isEqualTo(3);
        }
    }

    /** What a caller does wrong opens no circuit and fails no objective. */
    @Test
    void nullIsTheCallersMistakeAndNotTheModels() {
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .circuitBreaker(CircuitBreakerOptions.defaults())
                                    .build());
            Tensors nothing = nothing();
            RequestContext nobody = nothing();
            for (int i = 0; i < 1_000; i++) {
                assertThatThrownBy(() -> deployment.predict(nothing)).hasMessageContaining("inputs");
                assertThatThrownBy(() -> deployment.predict(row(1, 1), nobody)).hasMessageContaining("context");
                assertThatThrownBy(() -> deployment.predictAsync(nothing, RequestContext.none()))
                        .isInstanceOf(NullPointerException.class);
                assertThatThrownBy(() ->
                                deployment.predictBatch(Collections.singletonList(nothing), RequestContext.none()))
                        .isInstanceOf(NullPointerException.class);
            }
            assertThat(answer(deployment)).isEqualTo(1);
        }
    }

    /** Its callers cannot use this version. */
    private static void renameOutput(Lab lab, String version) {
        lab.engine.signature(
                version, TensorSignature.of(TensorSpec.parse("x FP32[batch,2]"), TensorSpec.parse("z FP32[batch,2]")));
        lab.engine.behave(version, in -> Tensors.of("z", in.get("x")));
    }

    /** For those who do not check for null when they compile. */
    @SuppressWarnings("NullAway")
    private static <T> T nothing() {
        return null;
    }

    @Test
    void aFollowedAliasThatMovesTakesTheDeploymentAlong() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            lab.registry.promote("m:1.0.0", Stage.PRODUCTION);
            Deployment deployment = lab.instance()
                    .deploy("churn", "m@production", lab.options().follow().build());
            assertThat(answer(deployment)).isEqualTo(1);
            lab.registry.promote("m:2.0.0", Stage.PRODUCTION);
            await().untilAsserted(() -> assertThat(answer(deployment)).isEqualTo(2));
            deployment.rollback("it is bad");
            assertThat(answer(deployment)).isEqualTo(1);
            deployment.reload();
            assertThat(answer(deployment)).isEqualTo(1);
            lab.registry.promote("m:3.0.0", Stage.PRODUCTION);
            await().untilAsserted(() -> assertThat(answer(deployment)).isEqualTo(3));
        }
    }

    @Test
    void unloadingFirstNeverHoldsTwoModelsAndLetsRequestsWait() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .swapOrder(DeploymentOptions.SwapOrder.UNLOAD_FIRST)
                                    .build());
            lab.engine.onLoad("m:2.0.0", () -> assertThat(lab.engine.open()).isZero());
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
            lab.engine.failLoad("m:3.0.0");
            assertThatThrownBy(() -> deployment.swap("m:3.0.0", "")).hasMessageContaining("dies in load");
            assertThat(answer(deployment)).isEqualTo(2);
            assertThat(deployment.snapshot().state().primary())
                    .as("what nobody could serve is not desired")
                    .hasToString("m:2.0.0");
            await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.SERVING));
            assertThat(deployment.history(2, 10))
                    .extracting(event -> event.action())
                    .containsExactly(DeploymentAction.SWAPPED, DeploymentAction.ROLLED_BACK);
            lab.engine.signature(
                    "m:1.0.0",
                    TensorSignature.of(TensorSpec.parse("z FP32[batch,2]"), TensorSpec.parse("y FP32[batch,2]")));
            assertThatThrownBy(() -> deployment.swap("m:1.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("input 'x' is gone");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    @Test
    void theLatestVersionsStayLoadedWhereTheyAreToldTo() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            DeploymentOptions options = lab.options().loadedVersions(2).build();
            Deployments first = lab.instance("first");
            Deployment deployment = first.deploy("churn", "m:1.0.0", options);
            deployment.swap("m:2.0.0", "");
            deployment.swap("m:3.0.0", "");
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(2));
            assertThat(lab.engine.opened).hasValue(3);
            deployment.rollback("");
            assertThat(answer(deployment)).isEqualTo(2);
            // It was still there, and what served before it comes back in its place.
            await().untilAsserted(() -> assertThat(lab.engine.opened).hasValue(4));
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(2));
            first.close();
            assertThat(lab.engine.open()).isZero();
            lab.engine.failLoad("m:1.0.0");
            Deployment again = lab.instance("second").join("churn", options);
            assertThat(answer(again)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(again.status().problem())
                    .contains("it cannot load m:1.0.0")
                    .contains("dies in load"));
            assertThat(lab.engine.open()).isEqualTo(1);
        }
        assertThatThrownBy(() -> DeploymentOptions.builder()
                        .loadedVersions(2)
                        .swapOrder(DeploymentOptions.SwapOrder.UNLOAD_FIRST)
                        .build())
                .hasMessageContaining("loaded versions '2'");
        assertThatThrownBy(() -> DeploymentOptions.builder().loadedVersions(0)).hasMessageContaining("1 to 11");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLoadedAlreadyHasToFitToo(DeploymentOptions.SwapOrder order) throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            renameOutput(lab, "m:2.0.0");
            Deployment deployment = lab.instance()
                    .deploy("churn", "m:1.0.0", lab.options().swapOrder(order).build());
            deployment.shadow("m:2.0.0", 100, "");
            await().until(() -> lab.engine.open() == 2);
            await().untilAsserted(() -> assertThat(deployment.status().versions())
                    .anyMatch(version -> version.variant().equals("shadow")
                            && version.state().equals("ready")));
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("output 'y' is gone");
            assertThat(answer(deployment)).isEqualTo(1);
        }
    }

    @Test
    void whatFollowsFollowsAgainAfterAnEmergency() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            lab.registry.promote("m:1.0.0", Stage.PRODUCTION);
            Deployment deployment = lab.instance()
                    .deploy("churn", "m@production", lab.options().follow().build());
            deployment.swap("m:2.0.0", "emergency");
            deployment.swap("m@production", "over");
            assertThat(answer(deployment)).isEqualTo(1);
            lab.registry.promote("m:3.0.0", Stage.PRODUCTION);
            await().untilAsserted(() -> assertThat(answer(deployment)).isEqualTo(3));
        }
    }

    @Test
    void whatServedBeforeASplitMayComeBack() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            deployment.split(Split.salted("s").variant("a", "m:2.0.0", 50).variant("b", "m:3.0.0", 50), "");
            assertThat(deployment.rollbackTargets()).hasToString("[m:1.0.0]");
            deployment.swap("m:2.0.0", "");
            assertThat(deployment.rollbackTargets()).hasToString("[m:3.0.0, m:1.0.0]");
            deployment.split(Split.salted("s").variant("a", "m:1.0.0", 50).variant("b", "m:2.0.0", 50), "");
            deployment.swap("m:1.0.0", "");
            assertThat(deployment.rollbackTargets()).hasToString("[m:2.0.0, m:3.0.0]");
            deployment.rollback("");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    @Test
    void aSinkThatFailsFailsNoRequest() {
        try (Lab lab = new Lab().with("1.0.0");
                Deployments deployments = Deployments.builder(lab.registry)
                        .pollInterval(ChronoUnit.FOREVER.getDuration())
                        .heartbeat(ChronoUnit.FOREVER.getDuration())
                        .metrics(request -> {
                            throw new NoClassDefFoundError("a library of metrics");
                        })
                        .open()) {
            Deployment deployment =
                    deployments.deploy("churn", "m:1.0.0", lab.options().build());
            assertThat(answer(deployment)).isEqualTo(1);
            assertThat(deployment
                            .predictAsync(row(1, 2), RequestContext.none())
                            .join()
                            .variant())
                    .isEqualTo("primary");
        }
    }

    @Test
    void aDrainThatLastsForEverIsOne() {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .drainTimeout(ChronoUnit.FOREVER.getDuration())
                                    .loadTimeout(ChronoUnit.FOREVER.getDuration())
                                    .build());
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        }
    }

    @Test
    void anInstanceThatStartsAgainKeepsWhatPeopleHaveChanged() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            lab.registry.promote("m:1.0.0", Stage.PRODUCTION);
            Deployments first = lab.instance("first");
            first.deploy("churn", "m@production", lab.options().follow().build())
                    .swap("m:2.0.0", "production is broken");
            first.close();
            assertThat(lab.registry.deployments().statuses(DeploymentName.parse("churn")))
                    .as("who leaves takes its status along")
                    .isEmpty();
            Deployment again = lab.instance("second")
                    .deploy("churn", "m@production", lab.options().follow().build());
            assertThat(answer(again)).isEqualTo(2);
            again.reload();
            assertThat(answer(again)).isEqualTo(2);
        }
    }

    @Test
    void whatOneInstanceHasDecidedTheOthersServe() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            renameOutput(lab, "m:2.0.0");
            Deployment free = lab.instance("free")
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .compatibility(DeploymentOptions.Compatibility.ANY)
                                    .build());
            Deployment strict =
                    lab.instance("strict").join("churn", lab.options().build());
            assertThatThrownBy(() -> strict.swap("m:2.0.0", "")).isInstanceOf(PreflightFailedException.class);
            free.swap("m:2.0.0", "on purpose");
            await().untilAsserted(() ->
                    assertThat(strict.predict(row(7, 8)).version()).hasToString("m:2.0.0"));
        }
    }

    @Test
    void queuedFuturesAllCompleteWhenItIsUndeployed() throws Exception {
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .batching(BatchingOptions.builder()
                                            .queueCapacity(20_000)
                                            .build())
                                    .build());
            var futures = java.util.stream.IntStream.range(0, 10_000)
                    .mapToObj(i -> deployment.predictAsync(row(i, 0), RequestContext.none()))
                    .toList();
            deployment.undeploy("over");
            await().untilAsserted(() -> assertThat(futures).allMatch(future -> future.isDone()));
            await().untilAsserted(() -> assertThat(lab.engine.open()).isZero());
            assertThat(lab.engine.usedAfterClose).hasValue(0);
        }
    }

    @Test
    void aVersionThatIsLoadedTooLateIsUnloadedAgain() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            Deployment here = lab.instance("here")
                    .deploy("churn", "m:1.0.0", lab.options().build());
            Deployment there = lab.instance("there").join("churn", lab.options().build());
            lab.engine.onLoad("m:2.0.0", () -> {
                if (loads.incrementAndGet() == 2) {
                    await().until(() -> released.getCount() == 0);
                }
            });
            here.swap("m:2.0.0", "");
            await().until(() -> loads.get() == 2);
            here.swap("m:3.0.0", "");
            await().until(() -> answer(there) == 3);
            await().until(() -> lab.engine.open() == 2);
            released.countDown();
            await().untilAsserted(() -> assertThat(lab.engine.opened).hasValue(6));
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(2));
        } finally {
            released.countDown();
        }
    }
}
