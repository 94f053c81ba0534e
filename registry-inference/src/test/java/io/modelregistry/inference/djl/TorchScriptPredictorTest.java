package io.modelregistry.inference.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TorchScriptPredictorTest {
    private static final String FILE = "digits-cnn.pt";
    private static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("image FP32[batch,1,8,8]"), TensorSpec.parse("logits FP32[batch,10]"));

    @TempDir
    private Path folder;

    private static ModelSource digits() {
        Path models = Fixtures.model(FILE).resolveSibling("");
        return ModelSource.of("digits-cnn:1.0.0", models, Framework.TORCHSCRIPT, FILE)
                .withDeclared(SIGNATURE);
    }

    private static Predictor load() {
        return Predictors.load(digits(), LoadOptions.defaults());
    }

    private static Tensors images(int rows) {
        Tensor flat = Fixtures.digits(rows);
        return Tensors.of("image", Tensor.copyOf(DataType.FP32, new long[] {rows, 1, 8, 8}, flat.data()));
    }

    @Test
    void givesTheExpectedValues() {
        JsonNode expected = Fixtures.expected(FILE);
        try (Predictor predictor = load()) {
            Tensor image = Fixtures.floats(expected.get("inputs").get("image"));
            Tensor actual = predictor.predict(Tensors.of("image", image)).get("logits");
            Tensor wanted = Fixtures.floats(expected.get("outputs").get("logits"));
            assertThat(actual.shape()).isEqualTo(wanted.shape());
            for (int i = 0; i < wanted.elementCount(); i++) {
                assertThat(actual.doubleAt(i))
                        .isCloseTo(
                                wanted.doubleAt(i),
                                within(expected.get("tolerance").asDouble()));
            }
        }
    }

    @Test
    void agreesWithOnnxRuntime() {
        try (Predictor torch = load();
                Predictor onnx = Predictors.load(Fixtures.model("digits-cnn.onnx"))) {
            float[] ours = torch.predict(images(450)).get("logits").floats();
            float[] theirs = onnx.predict(images(450)).get("logits").floats();
            assertThat(ours).hasSameSizeAs(theirs);
            for (int i = 0; i < ours.length; i++) {
                assertThat(ours[i]).isCloseTo(theirs[i], within(1e-4f));
            }
        }
    }

    @Test
    void describesTheModel() {
        try (Predictor predictor = load()) {
            assertThat(predictor.signature()).isEqualTo(SIGNATURE);
            assertThat(predictor.description()).hasToString("digits-cnn:1.0.0 on pytorch 2.7.1, cpu, FP32");
        }
        try (Predictor predictor = Predictors.load(digits(), LoadOptions.onDevice("auto"))) {
            assertThat(predictor.description().notes())
                    .containsExactly("auto: fell back to cpu, the engine offers [cpu]");
        }
    }

    @Test
    void aBatchGivesWhatSinglePredictionsGive() {
        try (Predictor predictor = load()) {
            Tensor all = images(8).get("image");
            List<Tensors> inputs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                inputs.add(Tensors.of("image", all.rows(i, i + 1)));
            }
            inputs.set(3, Tensors.of("image", new float[1][1][8][7]));
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(inputs);
            assertThat(outcomes)
                    .extracting(Outcome::isSuccess)
                    .containsExactly(true, true, true, false, true, true, true, true);
            float[] batched = outcomes.get(7).orThrow().get("logits").floats();
            float[] alone = predictor.predict(inputs.get(7)).get("logits").floats();
            for (int i = 0; i < alone.length; i++) {
                assertThat(batched[i]).isCloseTo(alone[i], within(1e-4f));
            }
        }
    }

    @Test
    void aSignatureMustBeDeclared() {
        assertThatThrownBy(() -> Predictors.load(Fixtures.model(FILE)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage("Cannot load model 'digits-cnn.pt' of framework 'torchscript': its file does not name its"
                        + " inputs and outputs, and no signature is declared, expected a tensor signature in the"
                        + " manifest or in ModelSource.withDeclared");
        ModelSource texts = digits().withDeclared(TensorSignature.of(
                TensorSpec.parse("image BYTES[batch]"), TensorSpec.parse("logits FP32[batch,10]")));
        assertThatThrownBy(() -> Predictors.load(texts, LoadOptions.defaults()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("'image BYTES[batch]' of its declared signature cannot be exchanged");
    }

    @Test
    void aWrongDeclarationIsFoundByTheFirstCall() {
        ModelSource eleven = digits().withDeclared(TensorSignature.of(
                TensorSpec.parse("image FP32[batch,1,8,8]"), TensorSpec.parse("logits FP32[batch,11]")));
        try (Predictor predictor = Predictors.load(eleven, LoadOptions.defaults())) {
            assertThatThrownBy(() -> predictor.predict(images(2)))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining(
                            "output 'logits' came as float32[2, 10], not as the declared logits FP32[batch,11]");
        }
        ModelSource large = digits().withDeclared(TensorSignature.of(
                TensorSpec.parse("image FP32[batch,3,8,8]"), TensorSpec.parse("logits FP32[batch,10]")));
        try (Predictor predictor = Predictors.load(large, LoadOptions.defaults())) {
            assertThatThrownBy(() -> predictor.predict(Tensors.of("image", new float[1][3][8][8])))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageStartingWith("Cannot predict with model 'digits-cnn:1.0.0': the engine failed: ")
                    .hasCauseInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.model(FILE));
        for (int length : new int[] {0, 100, 100_000, whole.length - 1}) {
            Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, length));
            ModelSource source = ModelSource.of("cut:1.0.0", folder, Framework.TORCHSCRIPT, "cut.pt")
                    .withDeclared(SIGNATURE);
            assertThatThrownBy(() -> Predictors.load(source, LoadOptions.defaults()))
                    .as("%s bytes", length)
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageStartingWith("Cannot load model 'cut:1.0.0' from file 'cut.pt': ")
                    .hasMessageEndingWith(", expected a complete TorchScript archive that PyTorch can run")
                    .hasMessageNotContaining(folder.toString());
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        assertThatThrownBy(() -> Predictors.load(digits(), LoadOptions.onDevice("cuda:0")))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessageEndingWith("device 'cuda:0' is not available, expected one of [cpu] or 'auto'");
        LoadOptions options =
                LoadOptions.builder().engineOption("mapLocation", "true").build();
        assertThatThrownBy(() -> Predictors.load(digits(), options))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("TorchScript has no options here");
    }

    @Test
    void closingUnderLoadLetsCallsFinishAndRefusesLaterOnes() throws InterruptedException {
        Tensors input = images(4);
        for (int round = 0; round < 5; round++) {
            Predictor predictor = load();
            Queue<Throwable> endings = new ConcurrentLinkedQueue<>();
            CountDownLatch running = new CountDownLatch(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        predictor.predict(input);
                        running.countDown();
                        while (predictor.predict(input).contains("logits")) {
                            Thread.onSpinWait();
                        }
                    } catch (RuntimeException e) {
                        endings.add(e);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            running.await();
            predictor.close();
            predictor.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(endings).hasSize(4).hasOnlyElementsOfType(PredictorClosedException.class);
        }
    }
}
