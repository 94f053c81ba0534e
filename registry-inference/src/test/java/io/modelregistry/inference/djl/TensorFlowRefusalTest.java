package io.modelregistry.inference.djl;

import static io.modelregistry.inference.djl.SavedModels.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tensorflow.proto.DataType.DT_COMPLEX64;
import static org.tensorflow.proto.DataType.DT_FLOAT;

import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.SignatureMismatchException;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.model.DataType;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a SavedModel, its files or its options must not be, and what the error says. */
final class TensorFlowRefusalTest {
    private static final String DATA = "variables/variables.data-00000-of-00001";
    private static final String INDEX = "variables/variables.index";

    @TempDir
    private Path folder;

    private Path copyOfDigits() throws IOException {
        Files.createDirectories(folder.resolve("variables"));
        for (String file : List.of("saved_model.pb", DATA, INDEX)) {
            Files.copy(TensorFlowPredictorTest.DIGITS.resolve(file), folder.resolve(file));
        }
        return folder;
    }

    private void assertRefused(String file, String why) {
        ModelSource source = ModelSource.of("digits:1.0.0", folder, Framework.TENSORFLOW, "saved_model.pb");
        assertThatThrownBy(() -> Predictors.load(source, LoadOptions.defaults()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageStartingWith("Cannot load model 'digits:1.0.0' from file '" + file + "': ")
                .hasMessageContaining(why)
                .hasMessageEndingWith(", expected a complete SavedModel that TensorFlow can run")
                .hasMessageNotContaining(folder.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 10_000, 21_969})
    void aGraphCutShortIsDamaged(int length) throws IOException {
        Path graph = copyOfDigits().resolve("saved_model.pb");
        Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), length));
        assertRefused("saved_model.pb", "it is damaged: ");
    }

    @Test
    void aGraphOfNoiseIsDamaged() throws IOException {
        byte[] noise = new byte[5000];
        new Random(7).nextBytes(noise);
        Files.write(folder.resolve("saved_model.pb"), noise);
        assertRefused("saved_model.pb", "it is damaged: ");
    }

    @Test
    void missingVariablesAreNamed() throws IOException {
        Files.delete(copyOfDigits().resolve(INDEX));
        assertRefused(INDEX, "the file is missing or cannot be read");
    }

    @Test
    void missingWeightsAreNamed() throws IOException {
        Files.delete(copyOfDigits().resolve(DATA));
        assertRefused(DATA, "its variables cannot be restored: ");
    }

    @Test
    void weightsCutShortAreNamed() throws IOException {
        Path data = copyOfDigits().resolve(DATA);
        Files.write(data, Arrays.copyOf(Files.readAllBytes(data), 10_000));
        assertRefused(DATA, "its variables cannot be restored: ");
    }

    @Test
    void aFlippedBitInTheWeightsIsFound() throws IOException {
        Path data = copyOfDigits().resolve(DATA);
        byte[] bytes = Files.readAllBytes(data);
        bytes[5000] ^= 1;
        Files.write(data, bytes);
        assertRefused(DATA, "Checksum does not match");
    }

    @Test
    void anIndexOfNoiseIsNamed() throws IOException {
        Path index = copyOfDigits().resolve(INDEX);
        byte[] bytes = Files.readAllBytes(index);
        bytes[20] ^= 0x55;
        Files.write(index, bytes);
        assertRefused(INDEX, "its variables cannot be restored: ");
    }

    @Test
    void anotherGraphFileIsNotASavedModel() throws IOException {
        Files.write(folder.resolve("frozen.pb"), new byte[] {1});
        ModelSource source = ModelSource.of("frozen:1.0.0", folder, Framework.TENSORFLOW, "frozen.pb");
        assertThatThrownBy(() -> Predictors.load(source, LoadOptions.defaults()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessage("Cannot load model 'frozen:1.0.0' from file 'frozen.pb': it is not the graph of a"
                        + " SavedModel, expected a folder with saved_model.pb");
        ModelSource missing = ModelSource.of("gone:1.0.0", folder, Framework.TENSORFLOW, "saved_model.pb");
        assertThatThrownBy(() -> Predictors.load(missing, LoadOptions.defaults()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("the file is missing or cannot be read");
    }

    private Path absolute(String signature) {
        return new SavedModels()
                .input("x", DT_FLOAT, -1)
                .node("y", "Abs", Map.of("T", attribute(DT_FLOAT)), "x")
                .output("y", "y", DT_FLOAT, -1)
                .write(folder, signature);
    }

    @Test
    void theSignatureIsTheOneThatWasAskedFor() {
        absolute("classify");
        assertThatThrownBy(() -> Predictors.load(folder))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageEndingWith("it has no signature 'serving_default', expected the engine option 'signature'"
                        + " to be one of [classify]");
        LoadOptions options =
                LoadOptions.builder().engineOption("signature", "classify").build();
        try (Predictor predictor = Predictors.load(folder, options)) {
            assertThat(predictor
                            .predict(Tensors.of("x", new float[] {-2}))
                            .get("y")
                            .floatAt(0))
                    .isEqualTo(2f);
        }
    }

    @Test
    void anUnknownEngineOptionOrTagIsRefused() {
        absolute("serving_default");
        LoadOptions unknown =
                LoadOptions.builder().engineOption("sigature", "x").build();
        assertThatThrownBy(() -> Predictors.load(folder, unknown))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("one of [signature, tags]");
        LoadOptions tags = LoadOptions.builder().engineOption("tags", "train").build();
        assertThatThrownBy(() -> Predictors.load(folder, tags))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("Could not find meta graph def matching supplied tags: { train }");
    }

    @Test
    void typesWithoutCounterpartAreRefusedWhenLoading() {
        new SavedModels()
                .input("x", DT_COMPLEX64, -1)
                .node("y", "Identity", Map.of("T", attribute(DT_COMPLEX64)), "x")
                .output("y", "y", DT_COMPLEX64, -1)
                .write(folder);
        assertThatThrownBy(() -> Predictors.load(folder))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("its input 'x' is of type DT_COMPLEX64, expected tensors of numbers");
    }

    @Test
    void anOperatorThatTheEngineDoesNotKnowIsNamed() {
        new SavedModels()
                .input("x", DT_FLOAT, -1)
                .node("y", "MyOwnOperator", Map.of(), "x")
                .output("y", "y", DT_FLOAT, -1)
                .write(folder);
        assertRefused("saved_model.pb", "MyOwnOperator");
    }

    @Test
    void theDeclaredSignatureMustAgree() {
        ModelSource source =
                ModelSource.of("digits:1.0.0", TensorFlowPredictorTest.DIGITS, Framework.TENSORFLOW, "saved_model.pb");
        TensorSpec label = TensorSpec.parse("label INT64[batch]");
        TensorSpec probabilities = TensorSpec.parse("probabilities FP32[batch,10]");
        TensorSignature narrow = new TensorSignature(
                List.of(TensorSpec.parse("input FP32[batch,64] finite")), List.of(label, probabilities));
        try (Predictor predictor = Predictors.load(source.withDeclared(narrow), LoadOptions.defaults())) {
            assertThat(predictor.signature()).isEqualTo(narrow);
            assertThatThrownBy(() -> predictor.predict(Tensors.of("input", new float[][] {row(Float.NaN)})))
                    .hasMessageContaining("holds NaN or infinity");
        }
        TensorSignature wrong = new TensorSignature(
                List.of(TensorSpec.of("input", DataType.FP64, -1, 64)), List.of(label, probabilities));
        assertThatThrownBy(() -> Predictors.load(source.withDeclared(wrong), LoadOptions.defaults()))
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessageContaining(
                        "says input 'input FP64[-1,64]' but the model itself has input" + " 'input FP32[-1,64]'");
    }

    private static float[] row(float first) {
        float[] row = Fixtures.digits(1).floats();
        row[0] = first;
        return row;
    }

    @Test
    void anAbsentDeviceIsRefusedAndAutoFallsBack() {
        assertThat(new TensorFlowPredictorProvider().devices()).containsExactly("cpu");
        assertThatThrownBy(() -> Predictors.load(TensorFlowPredictorTest.DIGITS, LoadOptions.onDevice("cuda:0")))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessage("Cannot load model 'digits-mlp-savedmodel': device 'cuda:0' is not available,"
                        + " expected one of [cpu] or 'auto'");
        assertThatThrownBy(() -> Predictors.load(TensorFlowPredictorTest.DIGITS, LoadOptions.onDevice("tpu")))
                .isInstanceOf(DeviceUnavailableException.class);
        try (Predictor predictor = Predictors.load(TensorFlowPredictorTest.DIGITS, LoadOptions.onDevice("auto"))) {
            assertThat(predictor.description().device()).isEqualTo("cpu");
            assertThat(predictor.description().notes())
                    .containsExactly("auto: fell back to cpu, the engine offers [cpu]");
        }
    }

    @Test
    void moreThreadsThanTheProcessHasAreNoted() {
        LoadOptions options =
                LoadOptions.builder().intraOpThreads(2).interOpThreads(2).build();
        try (Predictor predictor = Predictors.load(TensorFlowPredictorTest.DIGITS, options)) {
            assertThat(predictor.description().notes())
                    .containsExactly("intra-op threads are 1, as ai.djl.tensorflow.num_intraop_threads says for the"
                            + " process");
            assertThat(predictor
                            .predict(Tensors.of("input", Fixtures.digits(3)))
                            .get("label")
                            .elementCount())
                    .isEqualTo(3);
        }
    }
}
