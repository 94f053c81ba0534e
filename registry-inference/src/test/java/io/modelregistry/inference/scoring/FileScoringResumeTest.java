package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that were ended at any moment end with the same bytes as one that was not. */
final class FileScoringResumeTest {
    private static final IllegalStateException STOP = new IllegalStateException("stop");

    @TempDir
    private Path folder;

    private Path csv(int rows) throws IOException {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder("a,note,b\n");
        for (int i = 0; i < rows; i++) {
            switch (random.nextInt(20)) {
                case 0 -> text.append("bad row\n");
                case 1 -> text.append(i).append(",\"two\nlines\",3\r\n");
                case 2 -> text.append("x,y,z\n\n");
                case 3 -> text.append("-13,poison,1\n");
                default ->
                    text.append(random.nextFloat()).append(",n,").append(i).append('\n');
            }
        }
        return Files.writeString(folder.resolve("in.csv"), text);
    }

    private Path jsonLines(int rows) throws IOException {
        Random random = new Random(8);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append(random.nextInt(20) == 0 ? "{\"x\":[1,\n" : "{\"x\":[" + random.nextFloat() + "," + i + "]}\n");
        }
        return Files.writeString(folder.resolve("in.jsonl"), text);
    }

    private byte[] uninterrupted(Path input) throws IOException {
        Path output = folder.resolve("whole.jsonl");
        try (Predictor predictor = Sums.predictor()) {
            ScoringChild.scoring(predictor, input, output)
                    .saveInterval(Duration.ofHours(1))
                    .run();
        }
        return Files.readAllBytes(output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl"})
    void anOutputThatEndsAnywhereIsGoneOnWith(String format) throws IOException {
        Path input = format.equals("csv") ? csv(500) : jsonLines(500);
        byte[] expected = uninterrupted(input);
        Path output = folder.resolve("out.jsonl");
        Path progress = folder.resolve("out.jsonl.progress");
        long seed = 20261130;
        Random random = new Random(seed);
        for (int trial = 0; trial < 40; trial++) {
            Files.deleteIfExists(output);
            Files.deleteIfExists(progress);
            stopAfter(1 + random.nextInt(30), input, output);
            // As if the process had died between two writes, or amid one, or the disk had lost some.
            long length = switch (random.nextInt(4)) {
                case 0 -> Files.size(output);
                case 1 -> random.nextLong(Files.size(output) + 1);
                default -> -1;
            };
            if (length >= 0) {
                cut(output, length);
            } else {
                byte[] junk = new byte[random.nextInt(2 * expected.length)];
                random.nextBytes(junk);
                Files.write(output, junk, StandardOpenOption.APPEND);
            }
            try (Predictor predictor = Sums.predictor()) {
                ScoringReport report =
                        ScoringChild.scoring(predictor, input, output).run();
                assertThat(report.rows()).isEqualTo(500);
            }
            assertThat(Files.readAllBytes(output))
                    .as("seed %s, trial %s", seed, trial)
                    .isEqualTo(expected);
        }
    }

    /** Ends a run after so many batches, and leaves what a killed one would: results behind what was recorded. */
    private static void stopAfter(int batches, Path input, Path output) {
        AtomicInteger left = new AtomicInteger(batches);
        try (Predictor predictor = Sums.predictor()) {
            assertThatThrownBy(() -> ScoringChild.scoring(predictor, input, output)
                            .listener(progress -> {
                                if (left.decrementAndGet() == 0) {
                                    throw STOP;
                                }
                            })
                            .run())
                    .isSameAs(STOP);
        }
    }

    private static void cut(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void aProcessThatIsKilledAgainAndAgainEndsWithTheSameBytes() throws IOException {
        Path input = csv(60_000);
        byte[] expected = uninterrupted(input);
        Path output = folder.resolve("out.jsonl");
        long seed = 4711;
        Random random = new Random(seed);
        int killed = 0;
        for (int trial = 0; trial < 5; trial++) {
            long from = Files.exists(output) ? Files.size(output) : 0;
            long until = Math.min(expected.length - 1, from + 1 + random.nextInt(expected.length / 5));
            Process child = ScoringChild.command(128, List.of(ScoringChild.FILE, input.toString(), output.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                await().atMost(Duration.ofMinutes(2))
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> !child.isAlive() || (Files.exists(output) && Files.size(output) > until));
            } finally {
                killed += child.isAlive() ? 1 : 0;
                child.destroyForcibly();
                child.onExit().join();
            }
        }
        assertThat(killed)
                .as("children that were killed at work, seed %s", seed)
                .isGreaterThan(1);
        ScoringReport report;
        try (Predictor predictor = Sums.predictor()) {
            report = ScoringChild.scoring(predictor, input, output)
                    .saveInterval(Duration.ofHours(1))
                    .run();
        }
        assertThat(report.resumedRows()).isPositive();
        assertThat(Files.readAllBytes(output)).as("seed %s", seed).isEqualTo(expected);
    }

    @Test
    void aRunThatIsDoneIsNotDoneAgain() throws IOException {
        Path input = csv(100);
        Path output = folder.resolve("out.jsonl");
        AtomicInteger calls = new AtomicInteger();
        try (Predictor predictor = Sums.predictor(in -> calls.incrementAndGet())) {
            ScoringReport first = ScoringChild.scoring(predictor, input, output).run();
            calls.set(0);
            ScoringReport second =
                    ScoringChild.scoring(predictor, input, output).run();
            assertThat(second).isEqualTo(new ScoringReport(100, first.failedRows(), 100, Files.size(output)));
            assertThat(calls).hasValue(0);
        }
    }

    @Test
    void anotherInputModelOrOptionsAreRefusedAndNothingIsTouched() throws IOException {
        Path input = csv(300);
        Path output = folder.resolve("out.jsonl");
        stopAfter(3, input, output);
        byte[] before = Files.readAllBytes(output);
        TensorSignature renamed =
                TensorSignature.of(TensorSpec.parse("x FP32[batch,2]"), TensorSpec.parse("total FP32[batch]"));
        try (Predictor predictor = Sums.predictor();
                Predictor other = Predictors.of(renamed, in -> Tensors.empty())) {
            refused(ScoringChild.scoring(other, input, output), OutputTakenException.Reason.OTHER_MODEL);
            refused(
                    ScoringChild.scoring(predictor, input, output).modelId("digits:2.0.0"),
                    OutputTakenException.Reason.OTHER_MODEL);
            refused(
                    ScoringChild.scoring(predictor, input, output)
                            .options(ScoringOptions.builder().rowsPerBatch(17).build()),
                    OutputTakenException.Reason.OTHER_OPTIONS);
            refused(
                    ScoringChild.scoring(predictor, input, output).prepare("scaled", in -> in),
                    OutputTakenException.Reason.OTHER_OPTIONS);
            Files.setLastModifiedTime(input, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
            refused(ScoringChild.scoring(predictor, input, output), OutputTakenException.Reason.OTHER_INPUT);
            Files.delete(folder.resolve("out.jsonl.progress"));
            refused(ScoringChild.scoring(predictor, input, output), OutputTakenException.Reason.NOT_A_RUN);
            Files.writeString(folder.resolve("out.jsonl.progress"), "{\"format\":1}");
            refused(ScoringChild.scoring(predictor, input, output), OutputTakenException.Reason.NOT_A_RUN);
        }
        assertThat(Files.readAllBytes(output)).isEqualTo(before);
    }

    private static void refused(FileScoring.Builder scoring, OutputTakenException.Reason reason) {
        assertThatThrownBy(scoring::run)
                .isInstanceOfSatisfying(OutputTakenException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
                    assertThat(e.isRetryable()).isFalse();
                })
                .hasMessageStartingWith("Cannot score into 'out.jsonl': ");
    }

    @Test
    void twoRunsDoNotWriteOneOutput() throws IOException {
        Path input = csv(100);
        Path output = folder.resolve("out.jsonl");
        try (Predictor predictor = Sums.predictor()) {
            ScoringReport report = ScoringChild.scoring(predictor, input, output)
                    .listener(progress -> refused(
                            ScoringChild.scoring(predictor, input, output), OutputTakenException.Reason.RUNNING))
                    .run();
            assertThat(report.rows()).isEqualTo(100);
        }
    }

    @Test
    void anInputOfTheSameSizeWithOtherContentIsAnotherOne() throws IOException {
        Path input = csv(300);
        FileTime time = Files.getLastModifiedTime(input);
        Path output = folder.resolve("out.jsonl");
        stopAfter(3, input, output);
        Path copy = Files.copy(input, folder.resolve("copy.csv"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Predictor predictor = Sums.predictor()) {
            byte[] bytes = Files.readAllBytes(input);
            bytes[bytes.length - 2] ^= 1;
            Files.write(input, bytes);
            Files.setLastModifiedTime(input, time);
            refused(ScoringChild.scoring(predictor, input, output), OutputTakenException.Reason.OTHER_INPUT);
            assertThat(ScoringChild.scoring(predictor, copy, output).run().resumedRows())
                    .as("the name of the input does not matter")
                    .isPositive();
        }
    }
}
