package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many replicas a load asks for, in virtual time. */
final class ReplicaAutoscalerTest {
    private static final long SECOND = 1_000_000_000L;

    /** Replicas under a load, counted in replicas that are busy all the time. */
    private static final class Simulation {
        private final ReplicaAutoscaler policy;
        private final Random random;
        private long now = Long.MAX_VALUE - 100 * SECOND; // A monotonic clock may wrap around.
        private int replicas;
        private int changes;

        Simulation(AutoscalingOptions options, int replicas, long seed) {
            policy = new ReplicaAutoscaler(options);
            this.replicas = replicas;
            random = new Random(seed);
        }

        void run(int seconds, double load, double noise) {
            for (int i = 0; i < seconds; i++) {
                now += SECOND;
                double present = load * (1 + noise * (2 * random.nextDouble() - 1));
                int wanted = policy.wanted(now, replicas, Math.min(1, present / replicas));
                changes += wanted == replicas ? 0 : 1;
                replicas = wanted;
            }
        }
    }

    private static AutoscalingOptions.Builder options() {
        return AutoscalingOptions.builder().minimum(1).maximum(10);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0.70, 1", "1, 0.76, 1", "1, 0.78, 2", "1, 1.00, 2", "4, 0.90, 6", "4, 0.70, 4", "4, 0.76, 4", "10, 1.0, 10",
        "9, 1.00, 10", "2, 0.0, 1", "4, 0.35, 2", "4, 0.36, 3", "7, 0.1, 1", "3, 3.5, 10", "20, 0.70, 10",
                "5, 1e300, 10"
    })
    void theRuleIsProportionalWithATolerance(int replicas, double busy, int wanted) {
        ReplicaAutoscaler policy = new ReplicaAutoscaler(
                options().upCoolDown(Duration.ZERO).downCoolDown(Duration.ZERO).build());
        assertThat(policy.wanted(0, replicas, busy)).isEqualTo(wanted);
    }

    @Test
    void replicasFollowALoad() {
        Simulation simulation = new Simulation(options().build(), 1, 21);
        simulation.run(120, 4.0, 0.02);
        assertThat(simulation.replicas).isEqualTo(6);
        int up = simulation.changes;
        assertThat(up)
                .as("a full replica hides how much more is wanted, so it takes a few steps")
                .isBetween(2, 5);
        simulation.run(299, 0.6, 0.02);
        assertThat(simulation.replicas).as("not yet").isEqualTo(6);
        simulation.run(10, 0.6, 0.02);
        assertThat(simulation.replicas).isEqualTo(1);
        assertThat(simulation.changes).isEqualTo(up + 1);
    }

    @Test
    void moreReplicasWaitForTheCoolDown() {
        ReplicaAutoscaler policy = new ReplicaAutoscaler(
                options().upCoolDown(Duration.ofSeconds(15)).build());
        assertThat(policy.wanted(0, 1, 1))
                .as("the first change waits for nothing")
                .isEqualTo(2);
        assertThat(policy.wanted(14 * SECOND, 2, 1)).isEqualTo(2);
        assertThat(policy.wanted(15 * SECOND, 2, 1)).isEqualTo(3);
    }

    @Test
    void aDipDoesNotTakeReplicasAway() {
        Simulation simulation = new Simulation(options().build(), 6, 22);
        simulation.run(60, 4.0, 0);
        for (int i = 0; i < 20; i++) {
            simulation.run(290, 0.1, 0);
            simulation.run(1, 4.0, 0);
        }
        assertThat(simulation.replicas).isEqualTo(6);
        assertThat(simulation.changes).isZero();
    }

    @Test
    void whatIsTakenAwayIsWhatNoSampleNeeded() {
        Simulation simulation = new Simulation(options().build(), 10, 23);
        simulation.run(150, 0.5, 0);
        simulation.run(1, 3.0, 0);
        simulation.run(200, 0.5, 0);
        assertThat(simulation.replicas).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.69, 0.70, 0.71, 0.75, 1.38, 1.39, 1.40, 1.41, 1.54, 2.09, 2.10, 2.11, 2.8, 3.5})
    void aLoadAtTheBoundaryDoesNotFlap(double load) {
        for (double noise : new double[] {0, 0.05, 0.15}) {
            Simulation simulation = new Simulation(
                    options()
                            .upCoolDown(Duration.ofSeconds(15))
                            .downCoolDown(Duration.ofMinutes(1))
                            .build(),
                    1,
                    24);
            simulation.run(600, load, noise);
            simulation.changes = 0;
            simulation.run(24 * 3600, load, noise);
            assertThat(simulation.changes)
                    .as("load %s, noise %s, replicas %s", load, noise, simulation.replicas)
                    .isLessThanOrEqualTo(noise > 0.1 ? 2 : 1);
        }
    }

    @Test
    void changedBoundsHoldAtOnce() {
        ReplicaAutoscaler policy = new ReplicaAutoscaler(AutoscalingOptions.between(2, 4));
        assertThat(policy.wanted(0, 9, 0.7)).isEqualTo(4);
        assertThat(policy.wanted(1, 9, 0.7)).isEqualTo(4);
        assertThat(policy.wanted(2, 1, 0.7)).isEqualTo(2);
    }

    @Test
    void samplesThatCannotBeAreRefused() {
        ReplicaAutoscaler policy = new ReplicaAutoscaler(options().build());
        assertThatThrownBy(() -> policy.wanted(0, 1, Double.NaN))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("Cannot use busy fraction 'NaN': it is out of range, expected 0.0 to ");
        assertThatThrownBy(() -> policy.wanted(0, 1, -0.1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> policy.wanted(0, 0, 0.5))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use replicas '0': it is out of range, expected 1 to 2147483647");
    }
}
