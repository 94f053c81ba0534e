package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.embedded.ProtocolAction.Attach;
import io.modelregistry.internal.embedded.ProtocolAction.Files;
import io.modelregistry.internal.embedded.ProtocolAction.Promote;
import io.modelregistry.internal.embedded.ProtocolAction.Register;
import io.modelregistry.internal.embedded.ProtocolAction.SetAlias;
import io.modelregistry.internal.embedded.ProtocolAction.Upload;
import io.modelregistry.internal.embedded.ProtocolSearch.Finding;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.Faults;
import org.junit.jupiter.api.Test;

/** Every place where one or two faults can hit a client that is alone. */
class ProtocolFaultsTest {
    private static final int ALL = Integer.MAX_VALUE;

    private static ProtocolProgram registering(Faults faults) {
        return ProtocolProgram.of("registering", faults)
                .after(new Register("1.0.0", Files.FIRST))
                .client(new Register("2.0.0", Files.A), new Upload("2.1.0", Files.SECOND));
    }

    private static ProtocolProgram changing(Faults faults) {
        return ProtocolProgram.of("changing", faults)
                .after(new Register("1.0.0", Files.FIRST), new Register("1.0.1", Files.SECOND))
                .client(new Promote("1.0.0"), new SetAlias("champion", "1.0.1"), new Attach("1.0.0", "good"));
    }

    private static void assertNothingFound(ProtocolProgram program, int surprises) {
        ProtocolSearch search = ProtocolSearch.of(program);
        try (Crew crew = new Crew()) {
            search.enumerate(crew, surprises, ALL);
        }
        assertThat(search.finding().map(Finding::report)).isEmpty();
        assertThat(search.interleavings()).isGreaterThan(12);
    }

    @Test
    void aLostReplyIsSurvivedWhereverItHappens() {
        assertNothingFound(registering(new Faults(0, 1, 1, 0)), 1);
        assertNothingFound(changing(new Faults(0, 1, 1, 0)), 1);
    }

    @Test
    void aPageWhoseReplyIsLostIsWrittenAgain() {
        ProtocolProgram program = ProtocolPrograms.paged("paging", new Register(ProtocolPrograms.FILLS, Files.FIRST));
        assertNothingFound(program, 1);
    }

    @Test
    void aCallThatFailsAfterTheCommitIsNotSaidToHaveHadNoEffect() {
        assertNothingFound(registering(new Faults(0, 0, 0, 1)), 1);
        assertNothingFound(changing(new Faults(0, 0, 0, 1)), 1);
    }

    @Test
    void aCallThatFailsAfterALostReplyIsNotSaidToHaveHadNoEffect() {
        assertNothingFound(registering(new Faults(0, 1, 1, 1)), 2);
        assertNothingFound(changing(new Faults(0, 1, 1, 1)), 2);
    }

    @Test
    void aClientThatDoesNotTryAgainDoesNotSayThatNothingHappenedUnlessItIsSo() {
        assertNothingFound(registering(new Faults(0, 1, 1, 0)).impatient(), 2);
        assertNothingFound(changing(new Faults(0, 1, 1, 0)).impatient(), 2);
    }
}
