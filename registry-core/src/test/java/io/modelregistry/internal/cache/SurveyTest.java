package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.internal.cache.Survey.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted while others fill, publish, use and delete. */
class SurveyTest {
    private static final int SIZE = 10_000;
    private static final String CONTENT = "ab".repeat(32);

    @TempDir
    Path temporary;

    private CacheFolder cache;
    private Session session;
    private Path content;

    @BeforeEach
    void begin() throws IOException {
        cache = CacheFolder.open(temporary.resolve("cache"), Disk.LOCAL);
        session = new Session(cache, Clock.systemUTC());
        content = cache.contents().resolve("ab").resolve(CONTENT);
        cache.createFolderOf(content);
    }

    @AfterEach
    void end() {
        session.close();
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Counts, while something happens before a part is. */
    private Survey survey(Part late, Step meanwhile) throws IOException {
        Survey survey = new Survey(cache);
        for (Part part : Part.values()) {
            if (part == late) {
                meanwhile.run();
            }
            survey.count(part);
        }
        return survey;
    }

    private Path filled() throws IOException {
        Path filling = session.filling(SIZE, CONTENT);
        Files.write(filling, new byte[SIZE]);
        return filling;
    }

    private Path target() throws IOException {
        return Files.createTempDirectory(session.folder(), "files-").resolve("model.bin");
    }

    @Test
    void aFileThatIsPublishedMeanwhileCountsOnce() throws IOException {
        for (Part late : Part.values()) {
            Path filling = filled();
            Path target = target();
            Survey survey = survey(late, () -> {
                Files.createLink(content, filling);
                Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
            });
            assertThat(survey.bytes()).as("published before %s", late).isEqualTo(SIZE);
            Files.delete(content);
            Files.delete(target);
        }
    }

    /** As when another process has fetched it, too: its file has another number. */
    @Test
    void aFileThatIsOnlyUsedCountsWhereverItIsMet() throws IOException {
        for (Part late : Part.values()) {
            Path filling = filled();
            Path target = target();
            Survey survey = survey(late, () -> Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE));
            assertThat(survey.bytes()).as("moved before %s", late).isEqualTo(SIZE);
            Files.delete(target);
        }
    }

    @Test
    void aContentThatIsUsedFromNowOnAndLosesItsNameStillCounts() throws IOException {
        for (Part late : Part.values()) {
            Files.write(content, new byte[SIZE]);
            Path target = target();
            Survey survey = survey(late, () -> {
                Files.createLink(target, content);
                Files.delete(content);
            });
            assertThat(survey.bytes()).as("deleted before %s", late).isEqualTo(SIZE);
            Files.delete(target);
        }
    }

    @Test
    void aDocumentThatIsKeptMeanwhileCounts() throws IOException {
        Path document = cache.documents().resolve("r");
        for (Part late : Part.values()) {
            Path filling = filled();
            Survey survey = survey(late, () -> Files.move(filling, document, StandardCopyOption.ATOMIC_MOVE));
            assertThat(survey.bytes()).as("kept before %s", late).isEqualTo(SIZE);
            Files.delete(document);
        }
    }

    @Test
    void whatSomebodyBeganToUseIsNotDeletedAndStillCounts() throws IOException {
        Files.write(content, new byte[SIZE]);
        Path other = content.resolveSibling("ac" + CONTENT.substring(2));
        Files.write(other, new byte[SIZE]);
        Survey survey = Survey.of(cache);
        assertThat(survey.bytesInUse()).isZero();
        Files.createLink(target(), content);
        assertThat(survey.shrinkTo(0)).isEqualTo(1);
        assertThat(survey.bytes()).isEqualTo(SIZE);
        assertThat(content).exists();
        assertThat(other).doesNotExist();
    }

    @Test
    void whatSomebodyElseDeletedIsNotTakenOffTwice() throws IOException {
        Files.write(content, new byte[SIZE]);
        Survey survey = Survey.of(cache);
        Files.createLink(target(), content);
        Files.delete(content);
        assertThat(survey.shrinkTo(0)).isZero();
        assertThat(survey.bytes()).isEqualTo(SIZE);
    }
}
