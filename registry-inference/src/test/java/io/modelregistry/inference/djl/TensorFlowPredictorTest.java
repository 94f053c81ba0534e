package io.modelregistry.inference.djl;

import static io.modelregistry.inference.djl.SavedModels.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.exceptions.TFInvalidArgumentException;

final class TensorFlowPredictorTest {
    static final Path DIGITS = Fixtures.model("digits-mlp-savedmodel");

    @TempDir
    private Path folder;

    @Test
    void givesTheExpectedValues() {
        JsonNode expected = Fixtures.expected("digits-mlp");
        double tolerance = expected.get("tolerance").asDouble();
        try (Predictor predictor = Predictors.load(DIGITS)) {
            Tensor input = Fixtures.floats(expected.get("inputs").get("input"));
            Tensors outputs = predictor.predict(Tensors.of("input", input));
            for (String name : List.of("label", "probabilities")) {
                Tensor wanted = Fixtures.floats(expected.get("outputs").get(name));
                Tensor actual = outputs.get(name);
                assertThat(actual.shape()).isEqualTo(wanted.shape());
                for (int i = 0; i < wanted.elementCount(); i++) {
                    assertThat(actual.doubleAt(i)).isCloseTo(wanted.doubleAt(i), within(tolerance));
                }
            }
        }
    }

    @Test
    void agreesWithOnnxRuntime() {
        Tensors input = Tensors.of("input", Fixtures.digits(450));
        try (Predictor tensorFlow = Predictors.load(DIGITS);
                Predictor onnx = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
            Tensors ours = tensorFlow.predict(input);
            Tensors theirs = onnx.predict(input);
            assertThat(ours.get("label")).isEqualTo(theirs.get("label"));
            float[] probabilities = theirs.get("probabilities").floats();
            assertThat(ours.get("probabilities").floats()).hasSameSizeAs(probabilities);
            for (int i = 0; i < probabilities.length; i++) {
                assertThat(ours.get("probabilities").floatAt(i)).isCloseTo(probabilities[i], within(1e-5f));
            }
        }
    }

    @Test
    void describesTheModel() {
        try (Predictor predictor = Predictors.load(DIGITS)) {
            assertThat(predictor.signature())
                    .hasToString("(input FP32[-1,64]) -> (label INT64[-1], probabilities FP32[-1,10])");
            assertThat(predictor.description()).hasToString("digits-mlp-savedmodel on tensorflow 2.16.2, cpu, FP32");
            assertThat(predictor.description().metadata())
                    .containsEntry("signature", "serving_default")
                    .containsEntry("tags", "serve");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 0})
    void everyElementTypeGoesThroughUnchanged(int n) {
        SavedModels model = new SavedModels();
        Map<DataType, Tensor> values = everyType();
        for (DataType type : values.keySet()) {
            org.tensorflow.proto.DataType theirs =
                    org.tensorflow.proto.DataType.forNumber(TensorFlowTypes.number(type));
            model.input("in_" + type, theirs, -1)
                    .node(type + "_node", "Identity", Map.of("T", attribute(theirs)), "in_" + type)
                    .output("out_" + type, type + "_node", theirs, -1);
        }
        try (Predictor predictor = Predictors.load(model.write(folder.resolve("all")))) {
            Tensors inputs = Tensors.empty();
            for (Map.Entry<DataType, Tensor> entry : values.entrySet()) {
                inputs = inputs.with("in_" + entry.getKey(), entry.getValue().rows(0, n));
            }
            Tensors outputs = predictor.predict(inputs);
            assertThat(outputs.size()).isEqualTo(14);
            inputs.forEach((name, value) -> assertThat(outputs.value(name.replace("in_", "out_")))
                    .as(name)
                    .isEqualTo(value));
        }
    }

    /** Three extreme values of each type. */
    private static Map<DataType, Tensor> everyType() {
        return Map.ofEntries(
                Map.entry(DataType.FP32, Tensor.of(new float[] {-0.0f, Float.MAX_VALUE, Float.MIN_VALUE})),
                Map.entry(DataType.FP64, Tensor.of(new double[] {Math.PI, -Double.MAX_VALUE, Double.MIN_VALUE})),
                Map.entry(DataType.FP16, Tensor.of(DataType.FP16, new float[] {1.5f, -65504f, 0x1p-24f})),
                Map.entry(DataType.BF16, Tensor.of(DataType.BF16, new float[] {1.5f, -0x1.fep127f, 0x1p-126f})),
                Map.entry(DataType.INT8, Tensor.of(new byte[] {-128, 0, 127})),
                Map.entry(DataType.UINT8, Tensor.of(DataType.UINT8, new int[] {255, 128, 0})),
                Map.entry(DataType.INT16, Tensor.of(new short[] {-32768, 0, 32767})),
                Map.entry(DataType.UINT16, Tensor.of(DataType.UINT16, new int[] {65535, 32768, 0})),
                Map.entry(DataType.INT32, Tensor.of(new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE})),
                Map.entry(DataType.UINT32, Tensor.of(DataType.UINT32, new long[] {4294967295L, 2147483648L, 0})),
                Map.entry(DataType.INT64, Tensor.of(new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE})),
                Map.entry(DataType.UINT64, Tensor.of(DataType.UINT64, new long[] {-1, Long.MIN_VALUE, 7})),
                Map.entry(DataType.BOOL, Tensor.of(new boolean[] {true, false, true})),
                Map.entry(
                        DataType.BYTES,
                        Tensor.of(new String[] {"grüße, longer than what fits in place", "", "日本語 \uD83D\uDE00"})));
    }

    @Test
    void scalarsTextMatricesAndUnknownShapesWork() {
        Path model = new SavedModels()
                .input("text", org.tensorflow.proto.DataType.DT_STRING, -1, 2)
                .input("number", org.tensorflow.proto.DataType.DT_DOUBLE)
                .input("any", org.tensorflow.proto.DataType.DT_FLOAT, (long[]) null)
                .node("upper", "StringUpper", Map.of(), "text")
                .node("neg", "Neg", Map.of("T", attribute(org.tensorflow.proto.DataType.DT_DOUBLE)), "number")
                .node("abs", "Abs", Map.of("T", attribute(org.tensorflow.proto.DataType.DT_FLOAT)), "any")
                .output("upper", "upper", org.tensorflow.proto.DataType.DT_STRING, -1, 2)
                .output("neg", "neg", org.tensorflow.proto.DataType.DT_DOUBLE)
                .output("abs", "abs", org.tensorflow.proto.DataType.DT_FLOAT, (long[]) null)
                .write(folder.resolve("mixed"));
        try (Predictor predictor =
                Predictors.load(model, LoadOptions.builder().warmUpRuns(2).build())) {
            assertThat(predictor.signature())
                    .hasToString("(any FP32[...], number FP64[], text BYTES[-1,2])"
                            + " -> (abs FP32[...], neg FP64[], upper BYTES[-1,2])");
            Tensors out = predictor.predict(Tensors.of("number", 2.5)
                    .with("text", new String[][] {{"a", "b"}, {"", "d"}})
                    .with("any", new float[][] {{-1, 2}, {3, -4}}));
            assertThat(out.get("upper")).isEqualTo(Tensor.of(new String[][] {{"A", "B"}, {"", "D"}}));
            assertThat(out.get("neg")).isEqualTo(Tensor.of(-2.5));
            assertThat(out.get("abs")).isEqualTo(Tensor.of(new float[][] {{1, 2}, {3, 4}}));
        }
    }

    /** What the one text is, decoded from base64 by the model. */
    private Predictor decodingBase64(long... sizes) {
        return Predictors.load(new SavedModels()
                .input("base64", org.tensorflow.proto.DataType.DT_STRING, sizes)
                .node("decoded", "DecodeBase64", Map.of(), "base64")
                .output("y", "decoded", org.tensorflow.proto.DataType.DT_STRING, sizes)
                .write(folder.resolve("decoding")));
    }

    @Test
    void aSingleTextIsAScalar() {
        try (Predictor predictor = decodingBase64()) {
            Tensor y = predictor.predict(Tensors.of("base64", "Z3LDvMOfZQ")).get("y");
            assertThat(y).isEqualTo(Tensor.of("grüße"));
            assertThat(y.rank()).isZero();
        }
    }

    @Test
    void bytesThatAreNoTextAreNotHandedOutAsOne() {
        try (Predictor predictor = decodingBase64(-1)) {
            assertThatThrownBy(() -> predictor.predict(Tensors.of("base64", new String[] {"Z3LDvMOfZQ", "_9j_"})))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessage("Cannot predict with model 'decoding': the engine failed: output 'y' holds bytes that"
                            + " are no UTF-8, and a tensor of texts cannot carry them; let the model give them as"
                            + " base64 (tf.io.encode_base64), expected an input that the model can compute")
                    .hasCauseInstanceOf(CharacterCodingException.class);
        }
    }

    @Test
    void computesOnlyTheRequestedOutputs() {
        try (Predictor predictor = Predictors.load(DIGITS)) {
            Tensors input = Tensors.of("input", Fixtures.digits(2));
            Tensors all = predictor.predict(input);
            Tensors some = predictor.predict(input, List.of("probabilities"));
            assertThat(some.names()).containsExactly("probabilities");
            assertThat(some.get("probabilities")).isEqualTo(all.get("probabilities"));
            Tensors turned = predictor.predict(input, List.of("probabilities", "label"));
            assertThat(turned.names()).containsExactly("probabilities", "label");
            assertThat(turned.get("label")).isEqualTo(all.get("label"));
        }
    }

    @Test
    void predictsIntoTheCallersTensors() {
        try (Predictor predictor = Predictors.load(DIGITS)) {
            Tensors input = Tensors.of("input", Fixtures.digits(5));
            Tensors expected = predictor.predict(input);
            Tensors into = Tensors.of("probabilities", Tensor.allocate(DataType.FP32, 5, 10))
                    .with("label", Tensor.allocate(DataType.INT64, 5));
            predictor.predictInto(input, into);
            assertThat(into.get("probabilities")).isEqualTo(expected.get("probabilities"));
            assertThat(into.get("label")).isEqualTo(expected.get("label"));

            Tensors wrongRows = Tensors.of("label", Tensor.allocate(DataType.INT64, 4));
            assertThatThrownBy(() -> predictor.predictInto(input, wrongRows))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining("output 'label' came as INT64[5] but the caller's tensor is INT64[4]");
        }
    }

    @Test
    void aBatchGivesWhatSinglePredictionsGive() {
        try (Predictor predictor =
                Predictors.load(DIGITS, LoadOptions.builder().maxBatch(4).build())) {
            List<Tensors> inputs = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                inputs.add(Tensors.of("input", Fixtures.digits(11).rows(i, i + 1)));
            }
            inputs.add(5, Tensors.of("input", new float[1][63]));
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(inputs);
            assertThatThrownBy(() -> outcomes.get(5).orThrow())
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessageContaining("input 'input' is FP32[1,63]");
            for (int i = 0; i < inputs.size(); i++) {
                if (i != 5) {
                    assertThat(outcomes.get(i).orThrow().get("label"))
                            .isEqualTo(predictor.predict(inputs.get(i)).get("label"));
                }
            }
        }
    }

    @Test
    void aFailingComputationIsReportedAndTheNextOneWorks() {
        org.tensorflow.proto.DataType real = org.tensorflow.proto.DataType.DT_FLOAT;
        org.tensorflow.proto.DataType integer = org.tensorflow.proto.DataType.DT_INT64;
        Path model = new SavedModels()
                .input("i", integer, -1)
                .floats("table", 10, 20)
                .node("y", "Gather", Map.of("Tparams", attribute(real), "Tindices", attribute(integer)), "table", "i")
                .output("y", "y", real, -1)
                .write(folder.resolve("gather"));
        try (Predictor predictor = Predictors.load(model)) {
            assertThatThrownBy(() -> predictor.predict(Tensors.of("i", new long[] {7})))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageStartingWith("Cannot predict with model 'gather': the engine failed: ")
                    .hasMessageContaining("indices[0] = 7 is not in [0, 2)")
                    .hasCauseInstanceOf(TFInvalidArgumentException.class);
            List<Outcome<Tensors>> batch = predictor.predictBatch(List.of(
                    Tensors.of("i", new long[] {1}), Tensors.of("i", new long[] {7}), Tensors.of("i", new long[] {0})));
            assertThat(batch).extracting(Outcome::isSuccess).containsExactly(true, false, true);
            assertThat(batch.get(2).orThrow().get("y").floatAt(0)).isEqualTo(10f);
        }
    }

    @Test
    void threadsShareOneSession() throws Exception {
        try (Predictor predictor = Predictors.load(DIGITS)) {
            Tensors input = Tensors.of("input", Fixtures.digits(3));
            Tensors expected = predictor.predict(input);
            Comparator<Tensors> bitwise = (a, b) -> a.equals(b) ? 0 : 1;
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < 4; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 500; i++) {
                        assertThat(predictor.predict(input))
                                .usingComparator(bitwise)
                                .isEqualTo(expected);
                    }
                });
                thread.setUncaughtExceptionHandler((who, e) -> failures.add(e));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }
}
