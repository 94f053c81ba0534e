package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.ScriptedProvider.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.runtime.RequestContext;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets which version. */
final class TrafficSplitTest {
    private static final int KEYS = 100_000;

    @ParameterizedTest
    @ValueSource(strings = {"customer-%s", "%s", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%s", "%s@example.org", "{%s-4f2a}"})
    void noKeyLeavesTheCanaryWhileItGrowsAndSharesAreExact(String pattern) {
        BitSet before = new BitSet();
        for (int percent : new int[] {1, 5, 10, 25, 50, 75, 99, 100}) {
            BitSet canary = new BitSet();
            for (int i = 0; i < KEYS; i++) {
                int bucket = RoutingTable.bucket("rollout-7", pattern.formatted(i));
                canary.set(i, bucket < percent * 1_000);
            }
            BitSet left = (BitSet) before.clone();
            left.andNot(canary);
            assertThat(left.cardinality())
                    .as("keys that left at %s %%", percent)
                    .isZero();
            assertThat(canary.cardinality() * 100.0 / KEYS).isCloseTo(percent, within(0.5));
            before = canary;
        }
    }

    @Test
    void saltsPickOtherKeys() {
        int both = 0;
        for (int i = 0; i < KEYS; i++) {
            boolean first = RoutingTable.bucket("a", "customer-" + i) < 10_000;
            boolean second = RoutingTable.bucket("b", "customer-" + i) < 10_000;
            both += first && second ? 1 : 0;
        }
        assertThat(both * 100.0 / KEYS).isCloseTo(1, within(0.3));
    }

    @Test
    void aKeyKeepsItsSideThroughARolloutOfADeployment() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            Rollout rollout = Rollout.steps();
            for (int percent : new int[] {1, 10, 50}) {
                rollout.weight(percent).hold();
            }
            deployment.rollOut("m:2.0.0", rollout, "");
            BitSet before = new BitSet();
            for (int percent : new int[] {1, 10, 50}) {
                BitSet canary = new BitSet();
                for (int i = 0; i < KEYS; i++) {
                    Prediction prediction = deployment.predict(row(0, 0), RequestContext.key("c" + i));
                    canary.set(i, prediction.variant().equals(Variant.CANARY));
                    assertThat(prediction.outputs().get("y").floatAt(0, 0)).isEqualTo(canary.get(i) ? 2 : 1);
                }
                BitSet left = (BitSet) before.clone();
                left.andNot(canary);
                assertThat(left.cardinality()).isZero();
                assertThat(canary.cardinality() * 100.0 / KEYS).isCloseTo(percent, within(0.5));
                before = canary;
                deployment.resume("");
            }
            assertThat(deployment.snapshot().state().rollout()).isEmpty();
        }
    }

    @Test
    void requestsWithoutAKeyAreSplitAtRandomAndRulesComeFirst() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0", "3.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            deployment.split(
                    Split.salted("test-1")
                            .variant("control", "m:1.0.0", 70)
                            .variant("bold", "m:2.0.0", 20)
                            .variant("shy", "m:3.0.0", 10),
                    "ask the customers");
            int[] counts = new int[4];
            for (int i = 0; i < KEYS; i++) {
                counts[(int) Lab.answer(deployment)]++;
            }
            assertThat(counts[1] * 100.0 / KEYS).isCloseTo(70, within(1.0));
            assertThat(counts[2] * 100.0 / KEYS).isCloseTo(20, within(1.0));
            assertThat(counts[3] * 100.0 / KEYS).isCloseTo(10, within(1.0));
            deployment.route(List.of(new Traffic.Rule("x-team", "qa", "shy")), "");
            for (int i = 0; i < 100; i++) {
                RequestContext context = RequestContext.key("k" + i).attribute("x-team", "qa");
                assertThat(deployment.predict(row(0, 0), context).variant()).isEqualTo("shy");
            }
            assertThatThrownBy(() -> deployment.route(List.of(new Traffic.Rule("a", "b", "nobody")), ""))
                    .hasMessageContaining("there is no variant 'nobody'");
            deployment.swap("m:2.0.0", "bold it is");
            assertThat(Lab.answer(deployment)).isEqualTo(2);
        }
    }

    @Test
    void aShadowComputesCopiesAndNeverTouchesTheCaller() throws Exception {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0")) {
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            deployment.shadow("m:2.0.0", 100, "look at it");
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                assertThat(Lab.answer(deployment)).isEqualTo(1);
                return deployment.status().versions().stream()
                        .anyMatch(version -> version.variant().equals("shadow")
                                && version.state().equals("ready"));
            });
            lab.engine.behave("m:2.0.0", in -> {
                throw new IllegalStateException("the shadow is broken");
            });
            for (int i = 0; i < 1_000; i++) {
                assertThat(Lab.answer(deployment)).isEqualTo(1);
            }
            await().untilAsserted(() -> assertThat(deployment.status().versions())
                    .anySatisfy(version -> {
                        assertThat(version.variant()).isEqualTo("shadow");
                        assertThat(version.errors()).isPositive();
                        assertThat(version.requests()).isGreaterThanOrEqualTo(version.errors());
                    })
                    .anySatisfy(version -> assertThat(version.errors()).isZero()));
            deployment.endShadow("seen enough");
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        }
    }
}
