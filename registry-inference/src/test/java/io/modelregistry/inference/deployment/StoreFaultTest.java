package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.Lab.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.inference.deployment.BreakableNode.Moment;
import io.modelregistry.inference.deployment.BreakableNode.Trouble;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.contract.TestClock;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A store that fails, lies or is edited by hand, and a clock that jumps: one fault each. */
final class StoreFaultTest {
    private static final StorageKey HEAD = StorageKey.of("deployments/churn/config.json");

    private final BreakableNode node = new BreakableNode(new InMemoryStorageNode());

    private Lab lab() {
        return new Lab(node).with("1.0.0", "2.0.0", "3.0.0");
    }

    @Test
    void predictionsGoOnWhileTheStoreIsDown() throws Exception {
        try (Lab lab = lab()) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            node.trouble(Trouble.DOWN);
            await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.DEGRADED));
            for (int i = 0; i < 1_000; i++) {
                assertThat(answer(deployment)).isEqualTo(1);
                assertThat(deployment.health()).isEqualTo(Health.DEGRADED);
            }
            assertThat(deployment.status().problem()).contains("churn");
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", "")).isInstanceOf(RegistryException.class);
            assertThatThrownBy(() -> deployment.scale(3, "")).isInstanceOf(RegistryException.class);
            assertThatThrownBy(() ->
                            lab.instance("other").join("churn", lab.options().build()))
                    .isInstanceOf(RegistryException.class);
            assertThat(answer(deployment)).isEqualTo(1);
            node.trouble(Trouble.NONE);
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.SERVING));
        }
    }

    @Test
    void anInstanceFollowsAgainAfterTheStoreFailedInAWayThatNobodyExpects() throws Exception {
        try (Lab lab = lab()) {
            Deployment first = lab.instance("first")
                    .deploy("churn", "m:1.0.0", lab.options().build());
            Deployment second =
                    lab.instance("second").join("churn", lab.options().build());
            for (Throwable failure :
                    new Throwable[] {new IllegalStateException("odd"), new StackOverflowError("odd")}) {
                node.trouble((moment, key) -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                });
                await().untilAsserted(
                                () -> assertThat(second.status().problem()).contains("odd"));
                node.trouble(Trouble.NONE);
                await().untilAsserted(() -> assertThat(second.health()).isEqualTo(Health.SERVING));
            }
            first.swap("m:2.0.0", "");
            await().untilAsserted(() -> assertThat(answer(second)).isEqualTo(2));
        }
    }

    @Test
    void joiningFailsWhenTheStoreGoesDownMeanwhile() throws Exception {
        try (Lab lab = lab()) {
            lab.instance("first").deploy("churn", "m:1.0.0", lab.options().build());
            AtomicBoolean hasRead = new AtomicBoolean();
            Deployments second = lab.instance("second");
            node.trouble((moment, key) -> {
                // The first instance does not look by this thread.
                boolean isJoiner = Thread.currentThread().getName().equals("caller");
                if (isJoiner && key.equals(HEAD.value())) {
                    hasRead.set(true);
                } else if (hasRead.get()) {
                    throw new IOException("down");
                }
            });
            assertThatThrownBy(Caller.start(
                            () -> second.join("churn", lab.options().build()))::get)
                    .isInstanceOf(RegistryException.class);
            node.trouble(Trouble.NONE);
            assertThat(answer(second.join("churn", lab.options().build()))).isEqualTo(1);
        }
    }

    @Test
    void aReplyThatIsLostIsNoLostSwap() throws Exception {
        try (Lab lab = lab()) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            for (Moment lost : new Moment[] {Moment.BEFORE_WRITE, Moment.AFTER_WRITE}) {
                AtomicBoolean isDone = new AtomicBoolean();
                node.trouble((moment, key) -> {
                    if (moment == lost && key.equals(HEAD.value()) && isDone.compareAndSet(false, true)) {
                        throw new WriteOutcomeUnknownException(HEAD, "no reply", null);
                    }
                });
                String next = lost == Moment.BEFORE_WRITE ? "m:2.0.0" : "m:3.0.0";
                deployment.swap(next, "");
                assertThat(isDone).isTrue();
                assertThat("m:" + (int) answer(deployment) + ".0.0").isEqualTo(next);
            }
            assertThat(deployment.snapshot().revision()).isEqualTo(3);
        }
    }

    @Test
    void aStatusThatCannotBeWrittenDisturbsNothing() throws Exception {
        try (Lab lab = lab()) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            node.trouble((moment, key) -> {
                if (moment == Moment.BEFORE_WRITE && key.contains("/status/")) {
                    throw new IOException("no room");
                }
            });
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
            await().untilAsserted(
                            () -> assertThat(deployment.status().problem()).contains("status", "no room"));
            node.trouble(Trouble.NONE);
            await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.SERVING));
        }
    }

    @Test
    void aDocumentThatWasEditedIntoNonsenseIsNamedAndTheLastGoodOneServes() throws Exception {
        try (Lab lab = lab()) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            byte[] sound = node.readAll(HEAD);
            String text = new String(sound, StandardCharsets.UTF_8);
            for (String nonsense : new String[] {
                "\u0000\u0001\u00ff",
                text.replace("m@", "n@").replace("active", "resting"),
                text.replace("\"weight\":100000", "\"weight\":90000")
            }) {
                assertThat(nonsense).isNotEqualTo(text);
                write(nonsense.getBytes(StandardCharsets.UTF_8));
                await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.DEGRADED));
                assertThat(deployment.status().problem()).contains(HEAD.value());
                assertThat(answer(deployment)).isEqualTo(1);
                assertThatThrownBy(() -> lab.instance("other")
                                .join("churn", lab.options().build()))
                        .isInstanceOf(CorruptionException.class)
                        .hasMessageContaining(HEAD.value());
                assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                        .isInstanceOfSatisfying(
                                RegistryException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED));
                assertThat(answer(deployment)).isEqualTo(1);
                write(sound);
                await().untilAsserted(() -> assertThat(deployment.health()).isEqualTo(Health.SERVING));
            }
            deployment.swap("m:2.0.0", "");
            assertThat(answer(deployment)).isEqualTo(2);
        }
    }

    private void write(byte[] bytes) throws IOException {
        node.write(HEAD, Content.of(bytes), WriteCondition.unconditional());
    }

    @Test
    void aClockThatJumpsDecidesNothing() throws Exception {
        TestClock clock = new TestClock();
        var registry =
                ModelRegistries.builder(node).clock(clock).leaveNodeOpen().open();
        try (Lab lab = new Lab(node, registry).with("1.0.0", "2.0.0", "3.0.0");
                Deployments deployments = Deployments.builder(registry)
                        .clock(clock)
                        .instance("jumper")
                        .pollInterval(Duration.ofMillis(20))
                        .heartbeat(Duration.ofMillis(50))
                        .open()) {
            Deployment deployment =
                    deployments.deploy("churn", "m:1.0.0", lab.options().build());
            Deployment other = lab.instance("other").join("churn", lab.options().build());
            long version = 1;
            for (long hours : new long[] {-9, 100, -1_000, 24, -2}) {
                clock.advance(Duration.ofHours(hours));
                version = version % 3 + 1;
                float next = version;
                deployment.rollOut(
                        "m:" + version + ".0.0",
                        Rollout.steps().weight(50).wait(Duration.ofMillis(1)).weight(100),
                        "");
                await().untilAsserted(() -> {
                    assertThat(answer(deployment)).isEqualTo(next);
                    assertThat(answer(other)).isEqualTo(next);
                    assertThat(deployment.snapshot().state().rollout()).isEmpty();
                });
            }
            assertThat(deployment.history(0, 100)).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        }
    }
}
