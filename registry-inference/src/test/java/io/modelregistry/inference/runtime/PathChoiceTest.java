package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which way is learned, in a simulated time in which both ways take what the test says. */
@Timeout(60)
final class PathChoiceTest {
    private static final long SECOND = 1_000_000_000L;

    private enum Path {
        THINKING,
        DIRECT,
        QUEUED
    }

    /** When a caller is done with what it does. */
    private record Event(long at, Path path) {}

    /** So many callers, each of whom asks again when it has its answer, or after some thought. */
    private static final class Simulation {
        private final Random random = new Random(7);
        private final PathChoice choice;
        private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::at));
        private long thinkNanos;
        private long now;
        private long direct;
        private long queued;

        Simulation(long start) {
            now = start;
            choice = new PathChoice(start);
        }

        /** Runs for a time, with noise of up to twice the time that comes and goes every 3 ms. */
        void run(int callers, long nanos, long directNanos, long queuedNanos) {
            long end = now + nanos;
            direct = 0;
            queued = 0;
            for (int i = 0; i < callers; i++) {
                events.add(new Event(now, Path.THINKING));
            }
            while (now < end) {
                if (next() != Path.THINKING && thinkNanos > 0) {
                    events.add(new Event(now + (long) (2 * thinkNanos * random.nextDouble()), Path.THINKING));
                } else {
                    ask(directNanos, queuedNanos);
                }
            }
            while (!events.isEmpty()) {
                next();
            }
        }

        private Path next() {
            Event event = events.remove();
            now = Math.max(now, event.at);
            if (event.path != Path.THINKING) {
                choice.left(event.path == Path.DIRECT, now);
            }
            return event.path;
        }

        private void ask(long directNanos, long queuedNanos) {
            boolean isDirect = choice.arrived(now);
            direct += isDirect ? 1 : 0;
            queued += isDirect ? 0 : 1;
            double noise = 1 + new Random(now / 3_000_000).nextDouble();
            long took = (long) ((isDirect ? directNanos : queuedNanos) * noise * (0.9 + random.nextDouble() / 5));
            events.add(new Event(now + took, isDirect ? Path.DIRECT : Path.QUEUED));
        }

        double directShare() {
            return direct / (double) (direct + queued);
        }
    }

    @Test
    void theFasterWayIsUsedAndTheOtherIsTriedRarely() {
        for (int callers : new int[] {2, 8, 64}) {
            Simulation steppingAside = new Simulation(42);
            steppingAside.run(callers, 3 * SECOND, 400_000, 800_000);
            steppingAside.run(callers, 10 * SECOND, 400_000, 800_000);
            assertThat(steppingAside.directShare()).as("%s callers", callers).isBetween(0.98, 0.9999);

            Simulation batching = new Simulation(-SECOND);
            batching.run(callers, 3 * SECOND, 1_200_000, 800_000);
            batching.run(callers, 10 * SECOND, 1_200_000, 800_000);
            assertThat(batching.directShare()).as("%s callers", callers).isBetween(0.0001, 0.02);
        }
    }

    @Test
    void levelsThatAreMetInPassingCauseNoMoreComparisons() {
        Simulation simulation = new Simulation(0);
        simulation.thinkNanos = 200_000;
        simulation.run(8, 4 * SECOND, 400_000, 800_000);
        simulation.run(8, 10 * SECOND, 400_000, 800_000);
        assertThat(simulation.directShare()).isGreaterThan(0.97);
    }

    @Test
    void aChangeIsNoticed() {
        Simulation simulation = new Simulation(0);
        simulation.run(8, 4 * SECOND, 400_000, 800_000);
        simulation.run(8, 30 * SECOND, 1_200_000, 800_000);
        simulation.run(8, 4 * SECOND, 1_200_000, 800_000);
        assertThat(simulation.directShare()).isLessThan(0.05);
    }

    /** Comparisons that a night without requests cuts in two tell nothing, and are no reason to rest for days. */
    @Test
    void aChangeIsNoticedAfterNightsWithoutRequests() {
        Simulation simulation = new Simulation(0);
        for (int day = 0; day < 6; day++) {
            simulation.run(8, 65_000_000, 400_000, 800_000);
            simulation.now += 36_000 * SECOND;
        }
        simulation.run(8, 4 * SECOND, 400_000, 800_000);
        assertThat(simulation.directShare()).isGreaterThan(0.9);
        simulation.run(8, 60 * SECOND, 1_200_000, 800_000);
        simulation.run(8, 4 * SECOND, 1_200_000, 800_000);
        assertThat(simulation.directShare()).isLessThan(0.1);
    }

    @Test
    void eachLevelOfConcurrencyHasItsOwnWay() {
        Simulation simulation = new Simulation(0);
        simulation.run(4, 4 * SECOND, 400_000, 800_000);
        simulation.run(64, 4 * SECOND, 3_000_000, 1_000_000);
        simulation.run(4, SECOND, 400_000, 800_000);
        assertThat(simulation.directShare()).isGreaterThan(0.9);
        simulation.run(64, SECOND, 3_000_000, 1_000_000);
        assertThat(simulation.directShare()).isLessThan(0.1);
    }

    @Test
    void aLoneCallerGoesDirectly() {
        Simulation simulation = new Simulation(0);
        simulation.run(1, SECOND, 400_000, 400_000);
        assertThat(simulation.directShare()).isOne();
    }
}
