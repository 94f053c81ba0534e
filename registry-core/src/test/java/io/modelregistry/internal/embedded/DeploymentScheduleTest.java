package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.schedule.Choice;
import io.modelregistry.internal.schedule.Chooser;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.DepthFirst;
import io.modelregistry.internal.schedule.Faults;
import io.modelregistry.internal.schedule.RandomWalk;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Changes of one deployment by several processes, one call of the store after the other in every order, with crashes,
 * lost replies, failures and late copies of writes.
 */
class DeploymentScheduleTest {
    private static final int ENUMERATED = 1_500;
    private static final int WALKS = 1_500;

    private static final List<DeploymentRun.Program> PROGRAMS = List.of(
            new DeploymentRun.Program(3, 1, Faults.NONE, DeploymentRun.Start.NOTHING),
            new DeploymentRun.Program(2, 2, new Faults(0, 1, 1, 0), DeploymentRun.Start.NOTHING),
            new DeploymentRun.Program(2, 2, new Faults(1, 1, 1, 0), DeploymentRun.Start.DEPLOYED),
            new DeploymentRun.Program(3, 2, new Faults(1, 2, 2, 1), DeploymentRun.Start.DEPLOYED));

    @Test
    void noInterleavingLosesRepeatsOrInventsAChange() {
        Set<List<Choice>> interleavings = new HashSet<>();
        try (Crew crew = new Crew()) {
            for (DeploymentRun.Program program : PROGRAMS) {
                DepthFirst chooser = new DepthFirst(2);
                for (int i = 0; i < ENUMERATED && chooser.advance(); i++) {
                    interleavings.add(play(crew, program, chooser, "enumeration"));
                }
                for (int seed = 0; seed < WALKS / 100; seed++) {
                    RandomWalk walk = new RandomWalk(seed);
                    for (int i = 0; i < 100; i++) {
                        interleavings.add(play(crew, program, walk, "walk with seed " + seed));
                    }
                }
            }
        }
        assertThat(interleavings).hasSizeGreaterThan(6_000);
    }

    private static List<Choice> play(Crew crew, DeploymentRun.Program program, Chooser chooser, String how) {
        DeploymentRun run = new DeploymentRun(program, chooser);
        assertThat(run.play(crew))
                .as("%s of %s, schedule %s", how, program, run.interleaving())
                .isEmpty();
        return List.copyOf(run.interleaving().decisions());
    }
}
