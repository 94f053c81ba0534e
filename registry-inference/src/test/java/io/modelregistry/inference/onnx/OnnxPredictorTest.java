package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OnnxPredictorTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 0})
    void everyElementTypeGoesThroughUnchanged(int n) {
        try (Predictor predictor = Predictors.load(Fixtures.model("all-types-identity.onnx"))) {
            Tensors inputs = everyType(n);
            Tensors outputs = predictor.predict(inputs);
            assertThat(outputs.size()).isEqualTo(14);
            inputs.forEach((name, value) ->
                    assertThat(outputs.value(name + "_out")).as(name).isEqualTo(value));
        }
    }

    /** Extreme values of each type, cut to n elements. */
    private static Tensors everyType(int n) {
        Tensors all = Tensors.of("f32", Tensor.of(new float[] {-0.0f, Float.MAX_VALUE, Float.MIN_VALUE}))
                .with("f64", Tensor.of(new double[] {Math.PI, -Double.MAX_VALUE, Double.MIN_VALUE}))
                .with("f16", Tensor.of(DataType.FP16, new float[] {1.5f, -65504f, 0x1p-24f}))
                .with("bf16", Tensor.of(DataType.BF16, new float[] {1.5f, -0x1.fep127f, 0x1p-126f}))
                .with("i8", Tensor.of(new byte[] {-128, 0, 127}))
                .with("u8", Tensor.of(DataType.UINT8, new int[] {255, 128, 0}))
                .with("i16", Tensor.of(new short[] {-32768, 0, 32767}))
                .with("u16", Tensor.of(DataType.UINT16, new int[] {65535, 32768, 0}))
                .with("i32", Tensor.of(new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE}))
                .with("u32", Tensor.of(DataType.UINT32, new long[] {4294967295L, 2147483648L, 0}))
                .with("i64", Tensor.of(new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}))
                .with("u64", Tensor.of(DataType.UINT64, new long[] {-1, Long.MIN_VALUE, 7}))
                .with("bool", Tensor.of(new boolean[] {true, false, true}))
                .with("str", Tensor.of(new String[] {"grüße", "", "日本語"}));
        Tensors[] cut = {Tensors.empty()};
        all.forEach((name, value) -> cut[0] = cut[0].with(name, ((Tensor) value).rows(0, n)));
        return cut[0];
    }

    @Test
    void computesOnlyTheRequestedOutputs() {
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            Tensors input = Tensors.of("input", Fixtures.digits(2));
            Tensors all = predictor.predict(input);
            Tensors some = predictor.predict(input, List.of("probabilities"));
            assertThat(some.names()).containsExactly("probabilities");
            assertThat(some.get("probabilities")).isEqualTo(all.get("probabilities"));
            assertThat(predictor
                            .predict(input, List.of("probabilities", "label"))
                            .names())
                    .containsExactly("probabilities", "label");
            assertThatThrownBy(() -> predictor.predict(input, List.of("logits")))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessage("Cannot predict with model 'digits-mlp.onnx': output 'logits' is unknown,"
                            + " expected one of [label, probabilities]");
        }
    }

    @Test
    void predictsIntoTheCallersTensors() {
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            Tensors input = Tensors.of("input", Fixtures.digits(5));
            Tensors expected = predictor.predict(input);
            Tensors into = Tensors.of("probabilities", Tensor.allocate(DataType.FP32, 5, 10))
                    .with("label", Tensor.allocate(DataType.INT64, 5));
            predictor.predictInto(input, into);
            assertThat(into.get("probabilities")).isEqualTo(expected.get("probabilities"));
            assertThat(into.get("label")).isEqualTo(expected.get("label"));

            ByteBuffer heap = ByteBuffer.allocate(5 * 8).order(ByteOrder.LITTLE_ENDIAN);
            predictor.predictInto(input, Tensors.of("label", Tensor.wrap(DataType.INT64, new long[] {5}, heap)));
            assertThat(heap.getLong(0)).isEqualTo(expected.get("label").longAt(0));

            Tensors wrongRows = Tensors.of("label", Tensor.allocate(DataType.INT64, 4));
            assertThatThrownBy(() -> predictor.predictInto(input, wrongRows))
                    .isInstanceOf(PredictionFailedException.class);
            Tensors wrongType = Tensors.of("label", Tensor.allocate(DataType.INT32, 5));
            assertThatThrownBy(() -> predictor.predictInto(input, wrongType))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessageContaining("output 'label' cannot be written to INT32[5]");
        }
    }

    @Test
    void largeDirectTensorsAreUsedWhereTheyLie() {
        int rows = 450;
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            Tensor heap = Fixtures.digits(rows);
            Tensor direct = Tensor.allocate(DataType.FP32, rows, 64);
            direct.writeFrom(heap);
            assertThat(predictor.predict(Tensors.of("input", direct)))
                    .isEqualTo(predictor.predict(Tensors.of("input", heap)));
            Tensors into = Tensors.of("label", Tensor.allocate(DataType.INT64, rows))
                    .with("probabilities", Tensor.allocate(DataType.FP32, rows, 10));
            predictor.predictInto(Tensors.of("input", direct), into);
            assertThat(into.get("label").longs()[449]).isEqualTo(Fixtures.labels(rows)[449]);
        }
    }

    @Test
    void largeDirectBooleansAreMadeOnesAndZeros() {
        Path file = new OnnxModels()
                .input("x", DataType.BOOL, "n")
                .output("y", DataType.UINT8, "n")
                .node("Cast", List.of("x"), "y", OnnxModels.integer("to", 2))
                .write(folder.resolve("cast.onnx"));
        ByteBuffer direct = ByteBuffer.allocateDirect(100_000);
        direct.put(99_999, (byte) 2);
        try (Predictor predictor = Predictors.load(file)) {
            Tensor x = Tensor.wrap(DataType.BOOL, new long[] {100_000}, direct);
            Tensor y = predictor.predict(Tensors.of("x", x)).get("y");
            assertThat(y.longAt(99_998)).isZero();
            assertThat(y.longAt(99_999)).isEqualTo(1);
        }
    }

    @Test
    void aBatchGivesWhatSinglePredictionsGive() {
        try (Predictor predictor = Predictors.load(
                Fixtures.model("cancer-logistic-zipmap.onnx"),
                LoadOptions.builder().maxBatch(4).build())) {
            List<Tensors> inputs = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                float[][] rows = new float[1 + i % 2][30];
                rows[0][3] = 100 * i;
                inputs.add(Tensors.of("features", rows));
            }
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(inputs);
            assertThat(outcomes).hasSameSizeAs(inputs);
            for (int i = 0; i < inputs.size(); i++) {
                Tensors alone = predictor.predict(inputs.get(i));
                assertThat(outcomes.get(i).orThrow().get("label")).isEqualTo(alone.get("label"));
                assertThat(outcomes.get(i).orThrow().maps("probabilities")).isEqualTo(alone.maps("probabilities"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "", "unk__1"})
    void aSequenceIsNotABatch(String dimension) {
        Path file = new OnnxModels()
                .input("x", DataType.FP32, dimension)
                .output("y", DataType.FP32, dimension)
                .weights("axis", new long[] {0})
                .node("CumSum", List.of("x", "axis"), "y")
                .write(folder.resolve("sums.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(
                    List.of(Tensors.of("x", new float[] {1, 2}), Tensors.of("x", new float[] {3, 4})));
            assertThat(outcomes.get(0).orThrow().get("y").floats()).containsExactly(1, 3);
            assertThat(outcomes.get(1).orThrow().get("y").floats()).containsExactly(3, 7);
        }
    }

    @Test
    void zipMapKeepsKeysWithTheirValues() {
        try (Predictor plain = Predictors.load(Fixtures.model("cancer-logistic.onnx"));
                Predictor maps = Predictors.load(Fixtures.model("cancer-logistic-zipmap.onnx"))) {
            Tensors input = Tensors.of("features", new float[3][30]);
            Tensor probabilities = plain.predict(input).get("probabilities");
            var rows = maps.predict(input).maps("probabilities");
            for (int row = 0; row < 3; row++) {
                for (int label = 0; label < 2; label++) {
                    int position = rows.get(row).find(label).orElseThrow();
                    assertThat(rows.get(row).values().floatAt(position))
                            .isCloseTo(probabilities.floatAt(row, label), within(1e-6f));
                }
            }
            assertThat(rows.get(0).toString()).startsWith("{0=").contains(", 1=");
        }
    }

    @Test
    void outputsThatDisagreeWithTheirDeclaredShapeStillArrive() {
        // The model says that y has as many rows as x, but gives twice as many.
        Path file = new OnnxModels()
                .input("x", DataType.FP32, "n", 2)
                .output("y", DataType.FP32, "n", 2)
                .node("Concat", List.of("x", "x"), "y", OnnxModels.integer("axis", 0))
                .write(folder.resolve("twice.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            for (int i = 0; i < 3; i++) {
                Tensor y = predictor
                        .predict(Tensors.of("x", new float[][] {{1, 2}}))
                        .get("y");
                assertThat(y).isEqualTo(Tensor.of(new float[][] {{1, 2}, {1, 2}}));
            }
        }
    }

    @Test
    void anOutputDeclaredLargerThanMemoryDoesNotHinderTheOthers() {
        // The runtime computes every output, so this one is small in truth.
        Path file = new OnnxModels()
                .input("x", DataType.FP32, "batch", 2)
                .input("repeats", DataType.INT64, 2)
                .output("small", DataType.FP32, "batch", 2)
                .output("huge", DataType.FP32, "batch", 1_000_000_000)
                .node("Abs", List.of("x"), "small")
                .node("Tile", List.of("x", "repeats"), "huge")
                .write(folder.resolve("huge.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            Tensors x = Tensors.of("x", new float[][] {{-1, 2}}).with("repeats", new long[] {1, 1});
            assertThat(predictor.predict(x, List.of("small")).get("small"))
                    .isEqualTo(Tensor.of(new float[][] {{1, 2}}));
        }
    }

    @Test
    void outputsOfUnknownSizeAreAllocatedByTheRuntime() {
        Path file = new OnnxModels()
                .input("x", DataType.FP32, "n")
                .output("y", DataType.INT64, 1, "found")
                .node("NonZero", List.of("x"), "y")
                .write(folder.resolve("nonzero.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            Tensors out = predictor.predict(Tensors.of("x", new float[] {0, 3, 0, 4}));
            assertThat(out.get("y")).isEqualTo(Tensor.of(new long[][] {{1, 3}}));
            assertThat(predictor
                            .predict(Tensors.of("x", new float[] {0, 0}))
                            .get("y")
                            .shape())
                    .containsExactly(1, 0);
        }
    }

    @Test
    void aModelWithoutShapesAcceptsAnyRank() {
        Path file = new OnnxModels()
                .input("x", DataType.FP32, "...")
                .output("y", DataType.FP32, "...")
                .node("Abs", List.of("x"), "y")
                .write(folder.resolve("abs.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            assertThat(predictor.signature()).hasToString("(x FP32[...]) -> (y FP32[...])");
            assertThat(predictor.predict(Tensors.of("x", -1.5f)).get("y").floatAt(0))
                    .isEqualTo(1.5f);
            assertThat(predictor
                            .predict(Tensors.of("x", new float[][] {{-2f}}))
                            .get("y")
                            .shape())
                    .containsExactly(1, 1);
        }
    }

    @Test
    void scalarsAndStringMatricesWork() {
        Path file = new OnnxModels()
                .input("text", DataType.BYTES, "n", 2)
                .input("scalar", DataType.FP64)
                .output("text_out", DataType.BYTES, "n", 2)
                .output("scalar_out", DataType.FP64)
                .node("Identity", List.of("text"), "text_out")
                .node("Neg", List.of("scalar"), "scalar_out")
                .write(folder.resolve("mixed.onnx"));
        try (Predictor predictor =
                Predictors.load(file, LoadOptions.builder().warmUpRuns(2).build())) {
            Tensors in =
                    Tensors.of("text", new String[][] {{"a", "b"}, {"c", "d"}}).with("scalar", 2.5);
            Tensors out = predictor.predict(in);
            assertThat(out.get("text_out")).isEqualTo(in.get("text"));
            assertThat(out.get("scalar_out").doubleAt(0)).isEqualTo(-2.5);
            assertThat(out.get("scalar_out").rank()).isZero();
        }
    }

    @Test
    void aFailingComputationIsReportedAndTheNextOneWorks() {
        // Gather refuses an index outside of its data, which no signature can tell.
        Path file = new OnnxModels()
                .input("i", DataType.INT64, "n")
                .output("y", DataType.FP32, "n")
                .weights("table", new float[] {10, 20}, 2)
                .node("Gather", List.of("table", "i"), "y")
                .write(folder.resolve("gather.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            assertThatThrownBy(() -> predictor.predict(Tensors.of("i", new long[] {7})))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageStartingWith("Cannot predict with model 'gather.onnx': the engine failed: ")
                    .hasMessageContaining("indices element out of data bounds")
                    .hasCauseInstanceOf(OrtException.class);
            List<Outcome<Tensors>> batch = predictor.predictBatch(List.of(
                    Tensors.of("i", new long[] {1}), Tensors.of("i", new long[] {7}), Tensors.of("i", new long[] {0})));
            assertThat(batch).extracting(Outcome::isSuccess).containsExactly(true, false, true);
            assertThat(batch.get(2).orThrow().get("y").floatAt(0)).isEqualTo(10f);
        }
    }
}
