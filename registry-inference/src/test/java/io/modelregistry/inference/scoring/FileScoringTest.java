package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileScoringTest {
    private static final ScoringOptions SMALL =
            ScoringOptions.builder().rowsPerBatch(4).parallelCalls(2).build();

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<String> score(Predictor predictor, Path input) throws IOException {
        return score(FileScoring.of(predictor).from(input));
    }

    private List<String> score(FileScoring.Builder scoring) throws IOException {
        Path output = folder.resolve("out.jsonl");
        Files.deleteIfExists(output);
        Files.deleteIfExists(folder.resolve("out.jsonl.progress"));
        scoring.to(output).options(SMALL).run();
        return Files.readAllLines(output);
    }

    @Test
    void theColumnsThatAreLeftMakeTheOnlyInput() throws IOException {
        Path input = write("rows.csv", "id,a,b\none,1,2\ntwo,3.5,4e-1\n\"a,\"\"b\"\"\",NaN,1\n");
        try (Predictor predictor = Sums.predictor()) {
            assertThat(score(predictor, input))
                    .containsExactly(
                            "{\"row\":1,\"outputs\":{\"sum\":3.0}}",
                            "{\"row\":2,\"outputs\":{\"sum\":3.9}}",
                            "{\"row\":3,\"outputs\":{\"sum\":\"NaN\"}}");
        }
    }

    @Test
    void badRowsAreErrorsInTheirPlace() throws IOException {
        Path input = write("rows.csv", "a,b\n1,2\n1\nx,2\n1,\n1,2,3\n1,\"2\n-13,0\n4,5\n");
        try (Predictor predictor = Sums.predictor()) {
            List<String> lines = score(predictor, input);
            assertThat(lines)
                    .containsExactly(
                            "{\"row\":1,\"outputs\":{\"sum\":3.0}}",
                            error(2, "line '3', column 1 (a): it has 1 cells, expected 2 cells", 3, 1),
                            error(3, "line '4', column 1 (a): 'x' does not fit, expected a number of type FP32", 4, 1),
                            error(4, "line '5', column 2 (b): the cell is empty, expected a number of type FP32", 5, 2),
                            error(5, "line '6', column 3: it has 3 cells, expected 2 cells", 6, 3),
                            error(
                                    6,
                                    "line '7', column 2 (b): its quote is not closed,"
                                            + " expected cells as RFC 4180 describes them",
                                    7,
                                    2),
                            "{\"row\":7,\"error\":{\"code\":\"PREDICTION_FAILED\",\"message\":\"Cannot predict with"
                                    + " model 'function': the engine failed: java.lang.IllegalStateException: poisoned,"
                                    + " expected an input that the model can compute\",\"line\":8}}",
                            "{\"row\":8,\"outputs\":{\"sum\":9.0}}");
        }
    }

    private static String error(int row, String message, int line, int column) {
        return "{\"row\":" + row + ",\"error\":{\"code\":\"INVALID\",\"message\":\"Cannot read " + message
                + "\",\"line\":" + line + ",\"column\":" + column + "}}";
    }

    @Test
    void jsonLinesGiveRowsOrWholeTensors() throws IOException {
        Path input = write("rows.jsonl", """
                {"x":[1,2]}
                {"x":[[1,2],[3,4]]}

                {"x":["Infinity",-1e-3]}
                {"x":[1,true]}
                {"x":[1,2],"id":7}
                {"x":[1,2]
                {"x":[[1,2],[3]]}
                {"x":[[1],2]}
                [1]
                {"x":[1,2],"x":[1,2]}
                {"x":[1,2]} {}
                {"x":["a",2]}
                {}
                {"x":[1,2,3]}
                """);
        try (Predictor predictor = Sums.predictor()) {
            List<String> lines = score(FileScoring.of(predictor).from(input).jsonLines("id"));
            assertThat(lines)
                    .hasSize(14)
                    .startsWith(
                            "{\"row\":1,\"outputs\":{\"sum\":3.0}}",
                            "{\"row\":2,\"outputs\":{\"sum\":[3.0,7.0]}}",
                            "{\"row\":3,\"outputs\":{\"sum\":\"Infinity\"}}",
                            error(
                                    4,
                                    "line '5', column 9 (x): true is not a number of type FP32,"
                                            + " expected x FP32[batch,2]",
                                    5,
                                    9),
                            "{\"row\":5,\"outputs\":{\"sum\":3.0}}");
            assertThat(lines.get(5)).contains("it is not JSON", "\"line\":7,\"column\":");
            assertThat(lines.get(6)).contains("its arrays differ in length");
            assertThat(lines.get(7)).contains("its arrays differ in depth");
            assertThat(lines.get(8)).contains("it is no object");
            assertThat(lines.get(9)).contains("it is not JSON: Duplicate");
            assertThat(lines.get(10)).contains("something follows the object");
            assertThat(lines.get(11)).contains("'a' is not a number");
            assertThat(lines.get(12)).contains("input 'x' is missing");
            assertThat(lines.get(13)).contains("\"code\":\"INVALID\"", "\"line\":15}");
            assertThat(score(predictor, input).get(4)).contains("(id): the model has no such input, expected one of");
        }
    }

    @Test
    void severalInputsAreToldByNamesAndMappings() throws IOException {
        TensorSignature signature = new TensorSignature(
                List.of(
                        TensorSpec.parse("age INT64[batch]"),
                        TensorSpec.parse("city BYTES[batch]"),
                        TensorSpec.parse("grid FP64[batch,2,2]")),
                List.of(TensorSpec.parse("text BYTES[batch]")));
        Path input = write("rows.csv", "g4;g3;age;town;g1;g2;note\n4;3;7;Ulm;1;2;x\n4;3;7.5;Ulm;1;2;x\n");
        CsvLayout layout = CsvLayout.withHeader()
                .delimitedBy(';')
                .input("grid", List.of("g1", "g2", "g3", "g4"))
                .input("city", List.of("town"))
                .ignoring("note");
        try (Predictor predictor = Predictors.of(
                signature,
                in -> Tensors.of(
                        "text",
                        Tensor.ofStrings(IntStream.range(0, (int) in.get("age").size(0))
                                .mapToObj(i -> in.get("city").stringAt(i)
                                        + in.get("age").longAt(i)
                                        + Arrays.toString(
                                                in.get("grid").rows(i, i + 1).doubles()))
                                .toList())))) {
            List<String> lines = score(FileScoring.of(predictor).from(input).csv(layout));
            assertThat(lines.get(0)).isEqualTo("{\"row\":1,\"outputs\":{\"text\":\"Ulm7[1.0, 2.0, 3.0, 4.0]\"}}");
            assertThat(lines.get(1)).contains("(age): '7.5' does not fit, expected an integer of type INT64");
            assertThatThrownBy(() -> score(FileScoring.of(predictor).from(input).csv(CsvLayout.withHeader())))
                    .isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> score(
                            FileScoring.of(predictor).from(input).csv(layout.input("grid", List.of("g1", "g2", "g3")))))
                    .hasMessage("Cannot use CSV columns 'grid': 3 columns do not make a row of grid FP64[batch,2,2],"
                            + " expected as many columns as a row has elements");
            assertThatThrownBy(() -> score(FileScoring.of(predictor).from(input).csv(layout.ignoring("nothing"))))
                    .hasMessageStartingWith("Cannot use CSV columns 'nothing': there is no such column, expected one");
        }
    }

    @Test
    void aFileWithTooManyNumbersInARowIsRefusedUntilItIsToldWhichAreMeant() throws IOException {
        Path input = write("rows.csv", "1,2,5\n3,4,5\n");
        CsvLayout layout = CsvLayout.withoutHeader(List.of("a", "b", "label"));
        try (Predictor predictor = Sums.predictor()) {
            assertThatThrownBy(() -> score(FileScoring.of(predictor).from(input).csv(layout)))
                    .hasMessage("Cannot use CSV columns 'x': 3 columns are left for it, 3 of them with a number of type"
                            + " FP32, expected as many as a row of x FP32[batch,2] has elements, or a mapping");
            assertThat(score(FileScoring.of(predictor).from(input).csv(layout.ignoring("label"))))
                    .containsExactly("{\"row\":1,\"outputs\":{\"sum\":3.0}}", "{\"row\":2,\"outputs\":{\"sum\":7.0}}");
        }
    }

    @Test
    void predictionsAreThoseOfAPlainLoopAndNumbersReadBackExactly() throws IOException {
        Tensor digits = Fixtures.digits(100);
        StringBuilder csv = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            csv.append(i == 0 ? "p" : ",p").append(i);
        }
        float[] pixels = digits.floats();
        for (int i = 0; i < pixels.length; i++) {
            csv.append(i % 64 == 0 ? "\n" : ",").append(pixels[i]);
        }
        Path input = write("digits.csv", csv.append('\n').toString());
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            ScoringOptions whole = ScoringOptions.builder().rowsPerBatch(100).build();
            Path output = folder.resolve("digits.jsonl");
            ScoringReport report = FileScoring.of(predictor)
                    .from(input)
                    .to(output)
                    .options(whole)
                    .run();
            assertThat(report).isEqualTo(new ScoringReport(100, 0, 0, Files.size(output)));
            Tensors expected = predictor.predict(Tensors.of("input", digits));
            List<String> lines = Files.readAllLines(output);
            for (int i = 0; i < 100; i++) {
                JsonNode outputs = new ObjectMapper().readTree(lines.get(i)).get("outputs");
                assertThat(outputs.get("label").asLong())
                        .isEqualTo(expected.get("label").longAt(i));
                for (int k = 0; k < 10; k++) {
                    float read =
                            Float.parseFloat(outputs.get("probabilities").get(k).asText());
                    assertThat(read).isEqualTo(expected.get("probabilities").floatAt(i, k));
                }
            }
        }
    }

    @Test
    void moreFailedRowsThanAllowedEndTheRunAndAHigherLimitGoesOn() throws IOException {
        Path input = write("rows.csv", "a,b\n" + "1,2\n".repeat(9) + "x,y\n".repeat(5) + "3,4\n".repeat(9));
        Path output = folder.resolve("out.jsonl");
        try (Predictor predictor = Sums.predictor()) {
            FileScoring.Builder scoring = FileScoring.of(predictor)
                    .from(input)
                    .to(output)
                    .options(SMALL)
                    .saveInterval(Duration.ZERO);
            assertThatThrownBy(() -> scoring.maxFailedRows(3).run())
                    .isInstanceOfSatisfying(TooManyFailedRowsException.class, e -> {
                        assertThat(e.failedRows()).isEqualTo(4);
                        assertThat(e.rows()).isEqualTo(13);
                    })
                    .hasMessageStartingWith(
                            "Cannot score 'rows.csv': 4 of its first 13 rows failed, expected at most 3;"
                                    + " the last one says: Cannot read line '14', column 1 (a): 'x' does not fit");
            assertThat(Files.readAllLines(output)).hasSize(13);
            ScoringReport report = scoring.maxFailedRows(5).run();
            assertThat(report).isEqualTo(new ScoringReport(23, 5, 12, Files.size(output)));
            assertThat(Files.readAllLines(output)).hasSize(23);
        }
    }

    @Test
    void theListenerIsToldAfterEachBatchAndCanEndTheRun() throws IOException {
        Path input = write("rows.csv", "a,b\n" + "1,2\n".repeat(9) + "x,1\n\n\n");
        List<ScoringProgress> told = new ArrayList<>();
        try (Predictor predictor = Sums.predictor()) {
            score(FileScoring.of(predictor).from(input).listener(told::add));
            assertThat(told).extracting(ScoringProgress::rows).containsExactly(4L, 8L, 10L);
            assertThat(told).extracting(ScoringProgress::failedRows).containsExactly(0L, 0L, 1L);
            assertThat(told).extracting(ScoringProgress::bytesRead).containsExactly(20L, 36L, 46L);
            assertThat(told).allSatisfy(progress -> {
                assertThat(progress.bytesTotal()).isEqualTo(46);
                assertThat(progress.rowsPerSecond()).isPositive();
            });
            IllegalStateException enough = new IllegalStateException("enough");
            assertThatThrownBy(() -> score(FileScoring.of(predictor).from(input).listener(progress -> {
                        throw enough;
                    })))
                    .isSameAs(enough);
        }
    }

    @Test
    void rowsArePreparedAndOneThatCannotBeFailsAlone() throws IOException {
        Path input = write("rows.csv", "a,b\n1,2\n7,7\n");
        try (Predictor predictor = Sums.predictor()) {
            List<String> lines = score(FileScoring.of(predictor).from(input).prepare("times ten", in -> {
                float[] x = in.get("x").floats();
                if (x[0] == 7) {
                    throw new IllegalStateException("seven");
                }
                return Sums.row(10 * x[0], 10 * x[1]);
            }));
            assertThat(lines.get(0)).isEqualTo("{\"row\":1,\"outputs\":{\"sum\":30.0}}");
            assertThat(lines.get(1)).contains("preparing it failed: java.lang.IllegalStateException: seven");
        }
    }

    @Test
    void emptyAndAbsentFilesAreHandled() throws IOException {
        try (Predictor predictor = Sums.predictor()) {
            assertThat(score(predictor, write("rows.csv", "a,b\n"))).isEmpty();
            assertThat(score(predictor, write("rows.ndjson", ""))).isEmpty();
            Path empty = write("empty.csv", "");
            assertThatThrownBy(() -> score(predictor, empty))
                    .hasMessage("Cannot use input 'empty.csv': it is empty, expected a line with the names of the"
                            + " columns");
            Path absent = folder.resolve("absent.csv");
            assertThatThrownBy(() -> score(predictor, absent))
                    .hasMessage("Cannot use input 'absent.csv': there is no such file, expected a file to read");
            Path unknown = write("rows.txt", "a,b\n");
            assertThatThrownBy(() -> score(predictor, unknown))
                    .hasMessage("Cannot use input 'rows.txt': its name does not tell its format,"
                            + " expected csv(...) or jsonLines(...)");
            assertThatThrownBy(() ->
                            FileScoring.of(predictor).from(empty).to(empty).build())
                    .hasMessage("Cannot use output 'empty.csv': it is the input, expected another file");
            assertThatThrownBy(() -> FileScoring.of(predictor).from(empty).build())
                    .hasMessage("Cannot use output '': there is none, expected the path of a file");
        }
    }
}
