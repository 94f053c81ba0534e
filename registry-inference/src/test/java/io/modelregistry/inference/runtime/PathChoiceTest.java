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

    private record Answer(long at, boolean direct) {}

    /** So many callers, each of whom asks again when it has its answer. */
    private static final class Simulation {
        private final Random random = new Random(7);
        private final PathChoice choice;
        private final PriorityQueue<Answer> answers = new PriorityQueue<>(Comparator.comparingLong(Answer::at));
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
            while (answers.size() < callers) {
                ask(directNanos, queuedNanos);
            }
            while (now < end) {
                answer();
                ask(directNanos, queuedNanos);
            }
            while (!answers.isEmpty()) {
                answer();
            }
        }

        private void answer() {
            Answer answer = answers.remove();
            now = Math.max(now, answer.at);
            choice.left(answer.direct, now);
        }

        private void ask(long directNanos, long queuedNanos) {
            boolean isDirect = choice.arrived(now);
            direct += isDirect ? 1 : 0;
            queued += isDirect ? 0 : 1;
            double noise = 1 + new Random(now / 3_000_000).nextDouble();
            long took = (long) ((isDirect ? directNanos : queuedNanos) * noise * (0.9 + random.nextDouble() / 5));
            answers.add(new Answer(now + took, isDirect));
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
    void aChangeIsNoticed() {
        Simulation simulation = new Simulation(0);
        simulation.run(8, 4 * SECOND, 400_000, 800_000);
        simulation.run(8, 30 * SECOND, 1_200_000, 800_000);
        simulation.run(8, 4 * SECOND, 1_200_000, 800_000);
        assertThat(simulation.directShare()).isLessThan(0.05);
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
