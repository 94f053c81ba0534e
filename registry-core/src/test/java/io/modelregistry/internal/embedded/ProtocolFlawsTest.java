package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.embedded.ProtocolAction.CollectPages;
import io.modelregistry.internal.embedded.ProtocolAction.CollectVersion;
import io.modelregistry.internal.embedded.ProtocolAction.Files;
import io.modelregistry.internal.embedded.ProtocolAction.Register;
import io.modelregistry.internal.embedded.ProtocolAction.SetAlias;
import io.modelregistry.internal.embedded.ProtocolSearch.Finding;
import io.modelregistry.internal.embedded.ProtocolSearch.Way;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.Faults;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Each flaw that the model of the protocol found, planted in the code, is found by the scheduler. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtocolFlawsTest {
    private static final Logger LOG = LoggerFactory.getLogger(ProtocolFlawsTest.class);
    private static final String V1 = "1.0.0";
    private static final String V2 = "1.0.1";
    private static final Faults FEW = new Faults(1, 1, 1, 0);
    private static final int MOST = 10_000;

    private final Crew crew = new Crew();

    @AfterAll
    void release() {
        crew.close();
    }

    @Test
    void aCollectionWithoutFenceIsCaught() {
        ProtocolProgram program =
                ProtocolProgram.of("d1", FEW).client(new Register(V1, Files.A)).client(new CollectVersion(V1));
        assertCaught(program, ProtocolFlaws::collectionWithoutFence, "P1-sealed-files");
    }

    @Test
    void aCommitThatIsLookedForInTheHeadOnlyIsCaught() {
        ProtocolProgram program = ProtocolProgram.of("d2", FEW)
                .after(new Register(V1, Files.FIRST), new Register(V2, Files.SECOND))
                .client(new SetAlias("champion", V1))
                .client(new SetAlias("champion", V2));
        assertCaught(program, ProtocolFlaws::ownCommitLookedForInTheHead, "P4-twice");
    }

    @Test
    void aRegistrationWithoutVersionThatAdoptsAnothersManifestIsCaught() {
        ProtocolProgram program = ProtocolProgram.of("d3", FEW)
                .client(new Register(ProtocolAction.NEXT, Files.A))
                .client(new Register(ProtocolAction.NEXT, Files.A));
        assertCaught(program, ProtocolFlaws::adoptionOfAnothersManifest, "P6-auto-unique");
    }

    @Test
    void aSequenceThatTheUploadGivesIsCaught() {
        ProtocolProgram program = ProtocolProgram.of("d4", FEW)
                .client(new Register(V1, Files.FIRST))
                .client(new Register(V2, Files.SECOND));
        assertCaught(program, ProtocolFlaws::sequenceGivenByTheUpload, "P10-sequence");
    }

    @Test
    void aForeignFileInASealedFolderIsCaught() {
        ProtocolProgram program = ProtocolProgram.of("d5", FEW)
                .client(new Register(V1, Files.FIRST))
                .client(new Register(V1, Files.SECOND));
        assertCaught(program, ProtocolFlaws::oneFolderForAll, "P1b-foreign-file");
    }

    @Test
    void aStoreThatIgnoresTheConditionOfFilesIsCaughtWhereItIsReliedUpon() {
        ProtocolProgram program =
                ProtocolProgram.of("d6", FEW).client(new Register(V1, Files.A)).client(new Register(V1, Files.B));
        assertCaught(program, ProtocolFlaws::oneFolderForAll, "P1-sealed-files");
    }

    @Test
    void anAnswerThatAVersionExistsWhichNobodySeesIsCaught() {
        ProtocolProgram program =
                ProtocolProgram.of("d7", FEW).client(new Register(V1, Files.A)).client(new Register(V1, Files.B));
        assertCaught(program, ProtocolFlaws::existingWithoutPublishing, "P11-limbo");
    }

    @Test
    void aPlainFolderThatIsUsedAgainAfterAVoidIsCaught() {
        ProtocolProgram program =
                ProtocolProgram.of("d8", FEW).client(new Register(V1, Files.A)).client(new CollectVersion(V1));
        assertCaught(program, ProtocolFlaws::plainFolderAfterVoid, "P1-sealed-files");
    }

    @Test
    void aPageCollectionWithoutFenceIsCaught() {
        ProtocolProgram program = ProtocolPrograms.paged("p4", new Register(ProtocolPrograms.FILLS, Files.FIRST))
                .client(new CollectPages());
        assertCaught(program, ProtocolFlaws::pageCollectionWithoutFence, "P8-dangling");
    }

    @Test
    void pagesThatAreNamedByTheirContentAreCaught() {
        ProtocolProgram program = ProtocolPrograms.paged("p5", new Register(ProtocolPrograms.FILLS, Files.FIRST))
                .client(new CollectPages());
        assertCaught(program, ProtocolFlaws::pagesNamedByContent, "P8-dangling");
    }

    @Test
    void aSealWithoutConditionIsCaught() {
        ProtocolProgram program = ProtocolProgram.of("seal", FEW)
                .client(new Register(V1, Files.A))
                .client(new Register(V1, Files.B));
        assertCaught(program, ProtocolFlaws::sealWithoutCondition, "P1-sealed-changed");
    }

    private void assertCaught(ProtocolProgram program, Supplier<ProtocolParts> flaw, String property) {
        ProtocolStart start = new ProtocolStart(program);
        ProtocolSearch search = new ProtocolSearch(new ProtocolRun.Setting(program, start, flaw));
        search(search);
        assertThat(search.finding()).as("a finding in '%s'", program).isPresent();
        Finding finding = search.finding().get();
        LOG.info("{} caught by {} after {} interleavings: {}", program, property, finding.runs(), finding.schedule());
        assertThat(finding.property()).as(finding.report()).isEqualTo(property);
    }

    private void search(ProtocolSearch search) {
        for (int surprises = 0; surprises <= 3; surprises++) {
            search.enumerate(crew, surprises, MOST);
        }
        search.walk(crew, Way.RANDOM, 1, MOST);
        search.walk(crew, Way.PRIORITY, 1, MOST);
    }
}
