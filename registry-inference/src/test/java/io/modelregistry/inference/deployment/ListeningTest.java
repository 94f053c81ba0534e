package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is taken to live, in a time that the test moves. */
final class ListeningTest {
    private static final Host.Pace PACE = new Host.Pace(Duration.ofSeconds(2), 0.1, Duration.ofSeconds(10));

    private long now = 42;

    private static InstanceStatus status(String instance, long heartbeat) {
        return new InstanceStatus(
                instance,
                heartbeat,
                1,
                Instant.EPOCH,
                Health.SERVING,
                "",
                1,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
    }

    private boolean lives(Fleet fleet, double seconds) {
        now += (long) (seconds * 1e9);
        return !fleet.fresh(List.of(status("b", 7)), now).isEmpty();
    }

    @Test
    void whoIsSilentWhileOneListensIsGone() {
        Fleet fleet = new Fleet(PACE);
        assertThat(lives(fleet, 0)).isTrue();
        for (int look = 0; look < 16; look++) {
            assertThat(lives(fleet, 2)).isTrue();
        }
        assertThat(lives(fleet, 2)).as("34 seconds").isFalse();
        assertThat(fleet.takeGone(now)).isEmpty();
        for (int look = 0; look < 160; look++) {
            assertThat(lives(fleet, 2)).isFalse();
        }
        assertThat(fleet.takeGone(now)).containsExactly("b");
    }

    @Test
    void nobodyIsGoneForTheTimeInWhichNobodyListened() {
        Fleet fleet = new Fleet(PACE);
        assertThat(lives(fleet, 0)).isTrue();
        assertThat(lives(fleet, 600)).as("the store was away").isTrue();
        assertThat(fleet.takeGone(now)).isEmpty();
        assertThat(lives(fleet, 10)).isTrue();
        assertThat(lives(fleet, 10)).isTrue();
        assertThat(lives(fleet, 14)).isFalse();
    }

    @Test
    void whoLooksRarelyListensToo() {
        Fleet fleet = new Fleet(new Host.Pace(Duration.ofMinutes(10), 1, Duration.ofSeconds(10)));
        assertThat(lives(fleet, 0)).isTrue();
        assertThat(lives(fleet, 1_200)).isTrue();
        assertThat(lives(fleet, 1_200)).isFalse();
    }
}
