package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.embedded.ProtocolSearch.Finding;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.RandomWalk;
import io.modelregistry.internal.schedule.Replay;
import io.modelregistry.internal.schedule.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit protocol as coded, under many interleavings of its calls of the store, with faults. */
class ProtocolScheduleTest {
    private static final Logger LOG = LoggerFactory.getLogger(ProtocolScheduleTest.class);
    private static final int LANES = 2;

    @Test
    void aHundredThousandInterleavingsViolateNothing() throws Exception {
        assertThat(searched(ProtocolPrograms.all(), 110_000, 1)).isGreaterThanOrEqualTo(100_000);
    }

    @Test
    @Tag("long")
    void twoMillionInterleavingsViolateNothing() throws Exception {
        assertThat(searched(ProtocolPrograms.all(), 2_000_000, 1_000_000)).isGreaterThanOrEqualTo(1_000_000);
    }

    /** How many different interleavings were tried, of as many as are wanted. */
    private static int searched(List<ProtocolProgram> programs, int wanted, long seed) throws Exception {
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<ProtocolSearch>> searches = new ArrayList<>();
            int weights =
                    programs.stream().mapToInt(ProtocolScheduleTest::weight).sum();
            for (ProtocolProgram program : programs) {
                int different = wanted / weights * weight(program);
                searches.add(lanes.submit(() -> searched(program, different, seed)));
            }
            int sum = 0;
            int unlike = 0;
            for (Future<ProtocolSearch> search : searches) {
                ProtocolSearch done = search.get();
                assertThat(done.finding().map(Finding::report)).isEmpty();
                sum += done.interleavings();
                unlike += done.equivalences();
            }
            LOG.info("{} interleavings, {} not counting the order of calls that do not meet", sum, unlike);
            return sum;
        } catch (ExecutionException e) {
            throw new AssertionError("A search ended", e.getCause());
        } finally {
            lanes.shutdownNow();
        }
    }

    /** One with a large store takes several times as long as others. */
    private static int weight(ProtocolProgram program) {
        return program.before().size() > 10 ? 1 : 3;
    }

    private static ProtocolSearch searched(ProtocolProgram program, int different, long seed) {
        long begun = System.nanoTime();
        ProtocolSearch search = ProtocolSearch.of(program);
        try (Crew crew = new Crew()) {
            search.until(crew, different, seed, 4 * different);
        }
        LOG.info(
                "{}: {} interleavings tried, {} different, {} unlike, {} ms",
                program,
                search.runs(),
                search.interleavings(),
                search.equivalences(),
                (System.nanoTime() - begun) / 1_000_000);
        return search;
    }

    /**
     * Repeats every interleaving of a few and compares. Give {@code -Dschedule.program} and {@code -Dschedule} to see
     * one of your own.
     */
    @Test
    void anInterleavingCanBeRepeated() {
        try (Crew crew = new Crew()) {
            for (ProtocolProgram program : ProtocolPrograms.all()) {
                ProtocolRun.Setting setting =
                        new ProtocolRun.Setting(program, new ProtocolStart(program), () -> ProtocolParts.STANDARD);
                RandomWalk walk = new RandomWalk(7);
                for (int i = 0; i < 10; i++) {
                    ProtocolRun first = new ProtocolRun(setting, walk, Trace.Detail.TEXT);
                    Optional<Throwable> failure = first.play(crew);
                    Replay replay = Replay.of(first.interleaving().toString());
                    ProtocolRun second = new ProtocolRun(setting, replay, Trace.Detail.TEXT);
                    assertThat(second.play(crew)).isEqualTo(failure).isEmpty();
                    assertThat(second.trace().text()).isEqualTo(first.trace().text());
                    assertThat(second.interleaving().equivalence())
                            .isEqualTo(first.interleaving().equivalence());
                }
            }
            repeatWanted(crew);
        }
    }

    private static void repeatWanted(Crew crew) {
        String wanted = System.getProperty("schedule.program", "");
        for (ProtocolProgram program : ProtocolPrograms.all()) {
            if (program.name().equals(wanted)) {
                ProtocolRun run = new ProtocolRun(
                        new ProtocolRun.Setting(program, new ProtocolStart(program), () -> ProtocolParts.STANDARD),
                        Replay.of(System.getProperty("schedule", "")),
                        Trace.Detail.TEXT);
                Optional<Throwable> failure = run.play(crew);
                LOG.info("{}\n{}", failure, run.trace().text());
            }
        }
    }
}
