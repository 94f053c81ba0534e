package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.Lab.answer;
import static io.modelregistry.inference.deployment.ScriptedProvider.add;
import static io.modelregistry.inference.deployment.ScriptedProvider.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.inference.deployment.DeploymentOptions.Loading;
import io.modelregistry.inference.deployment.DeploymentOptions.SwapOrder;
import io.modelregistry.inference.runtime.BatchingOptions;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What an engine does wrong, and callers that are interrupted: one fault each. */
final class FaultTest {
    private static void waitFor(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                // As an engine's native call would not notice it.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void assertInterrupted(Caller<?> caller) {
        caller.interrupt();
        assertThatThrownBy(caller::get)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("interrupted")
                .hasMessageContaining("churn");
        assertThat(caller.wasInterruptedAfter()).isTrue();
    }

    @Test
    void aLoadThatHangsEndsByItsTimeoutAndTheOldVersionServes() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options().loadTimeout(Duration.ofSeconds(3)).build());
            lab.engine.onLoad("m:2.0.0", () -> waitFor(release));
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                    .isInstanceOf(LoadTimeoutException.class)
                    .hasMessageContaining("m:2.0.0");
            assertThat(answer(deployment)).isEqualTo(1);
            assertThat(deployment.snapshot().revision()).isEqualTo(1);
            release.countDown();
            await().untilAsserted(() -> assertThat(lab.engine.opened).hasValue(2));
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
        } finally {
            release.countDown();
        }
    }

    @Test
    void closingEndsTheWaitForALoadThatHangs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        for (SwapOrder order : SwapOrder.values()) {
            try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
                Deployments deployments = lab.instance();
                Deployment deployment = deployments.deploy(
                        "churn", "m:1.0.0", lab.options().swapOrder(order).build());
                CountDownLatch loading = new CountDownLatch(1);
                lab.engine.onLoad("m:2.0.0", () -> {
                    loading.countDown();
                    waitFor(release);
                });
                Caller<?> swap = Caller.start(() -> deployment.swap("m:2.0.0", ""));
                loading.await();
                Caller.start(() -> {
                            deployments.close();
                            return "";
                        })
                        .get();
                if (order == SwapOrder.LOAD_FIRST) {
                    assertCode(ErrorCode.CLOSED, swap::get);
                } else {
                    // It was committed before the old version was unloaded.
                    swap.get();
                }
                release.countDown();
                await().untilAsserted(() -> assertThat(lab.engine.open()).isZero());
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    void undeployingFailsWhatAHangingCallHoldsUpAndClosesTheModelAfterIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .replicas(1)
                                    .drainTimeout(Duration.ofMillis(300))
                                    .build());
            List<CompletableFuture<Prediction>> futures = hang(lab, deployment, release);
            deployment.undeploy("over");
            for (CompletableFuture<Prediction> future : futures) {
                assertThatThrownBy(() -> future.get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(RegistryException.class)
                        .cause()
                        .satisfies(
                                e -> assertThat(((RegistryException) e).code()).isEqualTo(ErrorCode.CLOSED));
            }
            assertThat(lab.engine.open()).isEqualTo(1);
            release.countDown();
            await().untilAsserted(() -> assertThat(lab.engine.open()).isZero());
            assertThat(lab.engine.usedAfterClose).hasValue(0);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aClosingThatIsInterruptedLeavesNoFutureBehind() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployments deployments = lab.instance();
            Deployment deployment = deployments.deploy(
                    "churn",
                    "m:1.0.0",
                    lab.options().replicas(1).drainTimeout(Duration.ofHours(1)).build());
            List<CompletableFuture<Prediction>> futures = hang(lab, deployment, release);
            Caller<String> closing = Caller.start(() -> {
                        deployments.close();
                        return "closed";
                    })
                    .awaitWaiting();
            await().until(() -> deployments.all().isEmpty());
            closing.interrupt();
            assertThat(closing.get()).isEqualTo("closed");
            assertThat(closing.wasInterruptedAfter()).isTrue();
            await().untilAsserted(() -> assertThat(futures).allMatch(CompletableFuture::isCompletedExceptionally));
        } finally {
            release.countDown();
        }
    }

    /** A call that hangs, and others that wait behind it. */
    private static List<CompletableFuture<Prediction>> hang(Lab lab, Deployment deployment, CountDownLatch release) {
        AtomicInteger begun = new AtomicInteger();
        lab.engine.behave("m:1.0.0", in -> {
            begun.incrementAndGet();
            waitFor(release);
            return add(in, 1);
        });
        List<CompletableFuture<Prediction>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(deployment.predictAsync(row(i, 0), RequestContext.none()));
        }
        await().until(() -> begun.get() > 0);
        return futures;
    }

    @Test
    void aSwapThatUnloadsFirstDoesNotWaitForACallThatHangs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options()
                                    .replicas(1)
                                    .swapOrder(SwapOrder.UNLOAD_FIRST)
                                    .drainTimeout(Duration.ofMillis(300))
                                    .build());
            hang(lab, deployment, release);
            Caller.start(() -> deployment.swap("m:2.0.0", "")).get();
            assertThat(answer(deployment)).isEqualTo(2);
        } finally {
            release.countDown();
        }
    }

    @Test
    void whatCouldNotComeBackAfterAFailedSwapComesBackLater() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options().swapOrder(SwapOrder.UNLOAD_FIRST).build());
            lab.engine.failLoad("m:2.0.0");
            lab.engine.failLoad("m:1.0.0");
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", "")).hasMessageContaining("dies in load");
            CompletableFuture<Prediction> waits = deployment.predictAsync(row(0, 0), RequestContext.none());
            assertThat(deployment.health()).isEqualTo(Health.DEGRADED);
            lab.engine.onLoad("m:1.0.0", () -> {});
            assertThat(waits.get(60, TimeUnit.SECONDS).outputs().get("y").floatAt(0, 0))
                    .isEqualTo(1);
            assertThat(answer(deployment)).isEqualTo(1);
        }
    }

    @Test
    void aCallerOfSwapWhoIsInterruptedReturnsAndTheOldVersionServes() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            CountDownLatch loading = new CountDownLatch(1);
            lab.engine.onLoad("m:2.0.0", () -> {
                loading.countDown();
                waitFor(release);
            });
            Caller<?> swap = Caller.start(() -> deployment.swap("m:2.0.0", ""));
            loading.await();
            assertInterrupted(swap);
            assertThat(answer(deployment)).isEqualTo(1);
            release.countDown();
            await().untilAsserted(() -> assertThat(lab.engine.opened).hasValue(2));
            deployment.swap("m:2.0.0", "again");
            assertThat(answer(deployment)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        } finally {
            release.countDown();
        }
    }

    @Test
    void aPredictionThatWaitsEndsWhenItsThreadIsInterrupted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployments deployments = lab.instance();
            Deployment limited = deployments.deploy(
                    "churn", "m:1.0.0", lab.options().replicas(1).build());
            Deployment queued = deployments.deploy(
                    "churn-queued",
                    "m:1.0.0",
                    lab.options()
                            .replicas(1)
                            .batching(BatchingOptions.builder()
                                    .use(BatchingOptions.Use.ALWAYS)
                                    .build())
                            .build());
            Deployment lazy = deployments.deploy(
                    "churn-lazy",
                    "m:1.0.0",
                    lab.options().loading(Loading.ON_DEMAND).build());
            lab.engine.onLoad("m:1.0.0", () -> waitFor(release));
            lab.engine.behave("m:1.0.0", in -> {
                waitFor(release);
                return add(in, 1);
            });
            List<Caller<Prediction>> computed = new ArrayList<>();
            for (Deployment deployment : List.of(limited, queued)) {
                computed.add(Caller.start(() -> deployment.predict(row(0, 0))).awaitWaiting());
            }
            for (Deployment deployment : List.of(limited, queued, lazy)) {
                assertInterrupted(
                        Caller.start(() -> deployment.predict(row(0, 0))).awaitWaiting());
            }
            release.countDown();
            for (Caller<Prediction> caller : computed) {
                assertThat(caller.get().outputs().get("y").floatAt(0, 0)).isEqualTo(1);
            }
            assertThat(answer(lazy)).isEqualTo(1);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aFutureFailsWhenTheModelCannotBeLoadedOnDemand() throws Exception {
        try (Lab lab = new Lab().with("1.0.0")) {
            Deployment deployment = lab.instance()
                    .deploy(
                            "churn",
                            "m:1.0.0",
                            lab.options().loading(Loading.ON_DEMAND).build());
            lab.engine.failLoad("m:1.0.0");
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Prediction> future = Caller.start(
                                () -> deployment.predictAsync(row(0, 0), RequestContext.none()))
                        .get();
                assertThatThrownBy(() -> future.get(60, TimeUnit.SECONDS)).hasMessageContaining("dies in load");
            }
            lab.engine.onLoad("m:1.0.0", () -> {});
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(answer(deployment)).isEqualTo(1));
        }
    }

    @Test
    void errorsOfAnEngineAreTypedAndLeaveTheOldVersionServing() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            for (Error error :
                    List.of(new OutOfMemoryError("told"), new StackOverflowError("told"), new LinkageError("told"))) {
                lab.engine.onLoad("m:2.0.0", () -> {
                    throw error;
                });
                assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining("m:2.0.0")
                        .hasRootCause(error);
                assertThat(answer(deployment)).isEqualTo(1);
                lab.engine.behave("m:1.0.0", in -> {
                    throw error;
                });
                assertThatThrownBy(() -> deployment
                                .predictAsync(row(0, 0), RequestContext.none())
                                .get(60, TimeUnit.SECONDS))
                        .hasRootCause(error);
                assertThatThrownBy(() -> answer(deployment)).isSameAs(error);
                lab.engine.behave("m:1.0.0", in -> add(in, 1));
            }
            lab.engine.onLoad("m:2.0.0", () -> {});
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }
}
