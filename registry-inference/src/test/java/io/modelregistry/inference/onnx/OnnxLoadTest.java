package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.LoadOptions.MemoryArena;
import io.modelregistry.inference.LoadOptions.Optimization;
import io.modelregistry.inference.LoadOptions.WeightLoading;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.SignatureMismatchException;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OnnxLoadTest {
    private static final Path MLP = Fixtures.model("digits-mlp.onnx");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, 1000, 10_000, 19_000})
    void aTruncatedModelIsRefusedByName(int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(MLP);
        Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, bytes));
        assertThatThrownBy(() -> Predictors.load(file))
                .isInstanceOfSatisfying(
                        ModelLoadException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOAD_FAILED))
                .hasMessageStartingWith("Cannot load model 'cut.onnx' from file 'cut.onnx': ")
                .hasMessageEndingWith("expected a complete ONNX model that ONNX Runtime can run")
                .hasMessageNotContaining(folder.toString())
                .hasCauseInstanceOf(OrtException.class);
    }

    @Test
    void aCorruptedModelEitherFailsToLoadOrPredicts() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] whole = Files.readAllBytes(MLP);
        for (int i = 0; i < 60; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 0; flips < 3; flips++) {
                // Not in the weights, where any byte is as good as any other.
                int position = random.nextBoolean() ? random.nextInt(300) : whole.length - 1 - random.nextInt(300);
                damaged[position] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = Files.write(folder.resolve("damaged.onnx"), damaged);
            try (Predictor predictor = Predictors.load(file)) {
                assertThat(predictor.signature()).as("seed %s", seed).isNotNull();
            } catch (RegistryException e) {
                assertThat(e.getMessage()).as("seed %s", seed).contains("damaged.onnx");
            }
        }
    }

    @Test
    void absentFilesAreRefusedByName() throws IOException {
        ModelSource absent = ModelSource.of("m:1.0.0", folder, Framework.ONNX, "absent.onnx");
        assertThatThrownBy(() -> Predictors.load(absent, LoadOptions.defaults()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessage(
                        "Cannot load model 'm:1.0.0' from file 'absent.onnx': the file is missing or cannot be read,"
                                + " expected a complete ONNX model that ONNX Runtime can run");
        Path alone = Files.copy(Fixtures.model("digits-mlp-external.onnx"), folder.resolve("alone.onnx"));
        assertThatThrownBy(() -> Predictors.load(alone))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("digits-mlp-external.onnx.data")
                .hasMessageNotContaining(folder.toString());
    }

    @Test
    void externalDataOutsideOfTheFolderIsRefused() throws IOException {
        byte[] model = Files.readAllBytes(Fixtures.model("digits-mlp-external.onnx"));
        byte[] name = "digits-mlp-external.onnx.data".getBytes(StandardCharsets.US_ASCII);
        byte[] outside =
                "../outside-of-the-folder1.data".substring(0, name.length).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + name.length <= model.length; i++) {
            if (Arrays.equals(model, i, i + name.length, name, 0, name.length)) {
                System.arraycopy(outside, 0, model, i, outside.length);
            }
        }
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.copy(
                Fixtures.model("digits-mlp-external.onnx.data"),
                folder.resolve(new String(outside, 3, outside.length - 3, StandardCharsets.US_ASCII)));
        Path file = Files.write(inner.resolve("escape.onnx"), model);
        assertThatThrownBy(() -> Predictors.load(file))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("escape.onnx");
    }

    @Test
    void aFolderWithOneModelCanBeLoaded() throws IOException {
        Files.copy(Fixtures.model("digits-mlp-external.onnx"), folder.resolve("digits-mlp-external.onnx"));
        Files.copy(Fixtures.model("digits-mlp-external.onnx.data"), folder.resolve("digits-mlp-external.onnx.data"));
        LoadOptions mapped = LoadOptions.builder().weights(WeightLoading.MAP).build();
        try (Predictor predictor = Predictors.load(folder, mapped);
                Predictor plain = Predictors.load(MLP)) {
            Tensors input = Tensors.of("input", Fixtures.digits(3));
            assertThat(predictor.predict(input).get("label"))
                    .isEqualTo(plain.predict(input).get("label"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void onlyWeightsInAFileOfTheirOwnAreMapped() throws IOException {
        LoadOptions mapped = LoadOptions.builder().weights(WeightLoading.MAP).build();
        Path maps = Path.of("/proc/self/maps");
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp-external.onnx"), mapped)) {
            assertThat(Files.readString(maps)).contains("digits-mlp-external.onnx.data");
            assertThat(predictor.description().notes()).isEmpty();
        }
        try (Predictor predictor = Predictors.load(MLP, mapped)) {
            assertThat(predictor.description().notes())
                    .containsExactly("no weights are mapped: the model has none in a file of their own");
        }
    }

    @Test
    void anAbsentDeviceIsAClearError() {
        for (String device : List.of("cuda:0", "cuda", "npu", "cuda:x", "TensorrtExecutionProvider")) {
            assertThatThrownBy(() -> Predictors.load(MLP, LoadOptions.onDevice(device)))
                    .isInstanceOfSatisfying(DeviceUnavailableException.class, e -> {
                        assertThat(e.device()).isEqualTo(device);
                        assertThat(e.available()).contains("cpu");
                        assertThat(e.isRetryable()).isFalse();
                    })
                    .hasMessageStartingWith("Cannot load model 'digits-mlp.onnx': device '" + device
                            + "' is not available, expected one of [cpu");
        }
    }

    @Test
    void everyOfferedDeviceLoadsOrSaysWhyNot() {
        OnnxPredictorProvider provider = new OnnxPredictorProvider();
        assertThat(provider.availability().isAvailable()).isTrue();
        assertThat(provider.devices()).startsWith("cpu");
        for (String device : provider.devices()) {
            try (Predictor predictor = Predictors.load(MLP, LoadOptions.onDevice(device.toUpperCase(Locale.ROOT)))) {
                assertThat(predictor.description().device()).startsWith(device);
            } catch (DeviceUnavailableException e) {
                assertThat(e.getMessage()).contains(device);
            }
        }
    }

    @Test
    void autoFallsBackToTheProcessorAndSaysSo() {
        try (Predictor predictor = Predictors.load(MLP, LoadOptions.onDevice(LoadOptions.AUTO_DEVICE))) {
            assertThat(predictor.description().device()).isEqualTo("cpu");
            assertThat(predictor.description().notes()).hasSize(1);
            assertThat(predictor.toString()).contains("auto: fell back to cpu, the runtime offers [cpu");
        }
    }

    /** As a GPU of which the libraries are there and the device is not: it fails when the session is made. */
    private OnnxDevice absentGpu() {
        String nowhere = folder.resolve("absent").resolve("optimized.onnx").toString();
        return new OnnxDevice("cuda:7", options -> options.setOptimizedModelFilePath(nowhere));
    }

    @Test
    void aDeviceThatFailsWhenTheSessionIsMadeIsTheDevicesFault() {
        ModelSource source = ModelSource.of("m", MLP.getParent(), Framework.ONNX, "digits-mlp.onnx");
        OnnxLoader loader = new OnnxLoader(source, LoadOptions.defaults());
        OnnxDevice gpu = absentGpu();
        assertThatThrownBy(() -> loader.loadOnly(gpu))
                .isInstanceOfSatisfying(
                        DeviceUnavailableException.class,
                        e -> assertThat(e.device()).isEqualTo("cuda:7"))
                .hasMessageStartingWith("Cannot load model 'm': device 'cuda:7' is not available")
                .hasRootCauseInstanceOf(OrtException.class);
        try (EngineSession session = loader.loadOnFirst(List.of(gpu))) {
            assertThat(session.description().device()).isEqualTo("cpu");
            assertThat(session.description().notes()).hasSize(2).first().isEqualTo("auto: cuda:7 cannot be used");
        }
    }

    @Test
    void aDamagedModelIsTheModelsFaultOnEveryDevice() throws IOException {
        Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(Files.readAllBytes(MLP), 1000));
        ModelSource source = ModelSource.of("m", folder, Framework.ONNX, "cut.onnx");
        OnnxLoader loader = new OnnxLoader(source, LoadOptions.defaults());
        assertThatThrownBy(() -> loader.loadOnly(absentGpu())).isInstanceOf(ModelLoadException.class);
        assertThatThrownBy(() -> loader.loadOnFirst(List.of(absentGpu()))).isInstanceOf(ModelLoadException.class);
    }

    @ParameterizedTest
    @EnumSource(Optimization.class)
    void optionsChangeSpeedAndNotResults(Optimization level) {
        LoadOptions options = LoadOptions.builder()
                .optimization(level)
                .arena(MemoryArena.RELEASE)
                .intraOpThreads(2)
                .interOpThreads(2)
                .warmUpRuns(1)
                .engineOption("session.intra_op.allow_spinning", "0")
                .build();
        try (Predictor predictor = Predictors.load(MLP, options)) {
            assertThat(predictor
                            .predict(Tensors.of("input", Fixtures.digits(2)))
                            .get("label")
                            .longs())
                    .containsExactly(1, 5);
        }
    }

    @Test
    void declaredSignaturesAreReconciledAtLoad() {
        TensorSignature declared = new TensorSignature(
                List.of(TensorSpec.parse("input FP32[batch,64] finite")),
                List.of(TensorSpec.parse("label INT64[batch]"), TensorSpec.parse("probabilities FP32[batch,10]")));
        ModelSource source = ModelSource.of("digits:1.0.0", MLP.getParent(), Framework.ONNX, "digits-mlp.onnx");
        try (Predictor predictor = Predictors.load(source.withDeclared(declared), LoadOptions.defaults())) {
            float[][] bad = new float[1][64];
            bad[0][7] = Float.NaN;
            assertThatThrownBy(() -> predictor.predict(Tensors.of("input", bad)))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessage("Cannot predict with model 'digits:1.0.0': input 'input' holds NaN or infinity,"
                            + " expected input FP32[batch,64] finite");
        }
        TensorSignature wrong =
                TensorSignature.of(TensorSpec.parse("input FP32[batch,63]"), TensorSpec.parse("label INT64[batch]"));
        assertThatThrownBy(() -> Predictors.load(source.withDeclared(wrong), LoadOptions.defaults()))
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessage(
                        "Cannot load model 'digits:1.0.0': its declared signature says input 'input FP32[batch,63]' but the"
                                + " model itself has input 'input FP32[batch,64]', expected both to agree");
    }

    @Test
    void resultsAreHeldAgainstADeclarationThatNarrowsTheModelsOwn() {
        new OnnxModels()
                .input("x", DataType.FP32, "n", "width")
                .output("y", DataType.FP32, "n", "width")
                .node("Abs", List.of("x"), "y")
                .write(folder.resolve("abs.onnx"));
        TensorSignature declared =
                TensorSignature.of(TensorSpec.parse("x FP32[n,width]"), TensorSpec.parse("y FP32[n,3]"));
        ModelSource source =
                ModelSource.of("abs:1.0.0", folder, Framework.ONNX, "abs.onnx").withDeclared(declared);
        try (Predictor predictor = Predictors.load(source, LoadOptions.defaults())) {
            assertThat(predictor
                            .predict(Tensors.of("x", new float[2][3]))
                            .get("y")
                            .shape())
                    .containsExactly(2, 3);
            Tensors wide = Tensors.of("x", new float[2][4]);
            assertThatThrownBy(() -> predictor.predict(wide))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessage("Cannot predict with model 'abs:1.0.0': the engine failed: output 'y' came as"
                            + " FP32[2,4], not as the declared y FP32[n,3], expected an input that the model can"
                            + " compute");
            assertThat(predictor.predictBatch(List.of(wide, Tensors.of("x", new float[1][3]))))
                    .extracting(Outcome::isSuccess)
                    .containsExactly(false, true);
        }
    }

    @Test
    void quantizedModelsRunAndShowTheirPrecision() {
        byte[] weights = new byte[64];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (byte) (i - 32);
        }
        Path file = new OnnxModels()
                .input("x", DataType.FP32, "n", 8)
                .output("y", DataType.FP32, "n", 8)
                .weights("w", weights, 8, 8)
                .weights("scale", new float[] {0.5f})
                .node("DequantizeLinear", List.of("w", "scale"), "real")
                .node("MatMul", List.of("x", "real"), "y")
                .write(folder.resolve("quantized.onnx"));
        try (Predictor predictor = Predictors.load(file)) {
            assertThat(predictor.description().precision()).hasToString("INT8 (quantized)");
            assertThat(predictor.toString()).contains("INT8 (quantized)");
            float[][] x = new float[1][8];
            x[0][1] = 1f;
            assertThat(predictor.predict(Tensors.of("x", x)).get("y").floats())
                    .containsExactly(-12f, -11.5f, -11f, -10.5f, -10f, -9.5f, -9f, -8.5f);
        }
    }

    @Test
    void precisionIsThatOfTheWeights() {
        for (String name :
                List.of("digits-mlp", "digits-mlp-external", "digits-cnn", "digits-forest", "cancer-logistic")) {
            try (Predictor predictor = Predictors.load(Fixtures.model(name + ".onnx"))) {
                assertThat(predictor.description().precision()).as(name).hasToString("FP32");
            }
        }
        try (Predictor predictor = Predictors.load(Fixtures.model("identity.onnx"))) {
            assertThat(predictor.description().precision()).hasToString("none");
        }
    }

    @Test
    void closingUnderLoadNeverBreaksACall() throws Exception {
        int rounds = 20;
        AtomicLong served = new AtomicLong();
        ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
        for (int round = 0; round < rounds; round++) {
            Predictor predictor = Predictors.load(MLP);
            CountDownLatch warm = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                int rows = 1 + t;
                Thread thread =
                        new Thread(() -> predictUntilClosed(predictor, rows, warm, served, errors), "client-" + t);
                threads.add(thread);
                thread.start();
            }
            warm.await();
            predictor.close();
            predictor.close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(errors).isEmpty();
        assertThat(served.get()).isGreaterThanOrEqualTo(rounds * 3L);
    }

    private static void predictUntilClosed(
            Predictor predictor,
            int rows,
            CountDownLatch warm,
            AtomicLong served,
            ConcurrentLinkedQueue<Throwable> errors) {
        Tensors input = Tensors.of("input", Fixtures.digits(rows));
        try {
            Tensor first = predictor.predict(input).get("probabilities");
            warm.countDown();
            while (true) {
                if (!predictor.predict(input).get("probabilities").equals(first)) {
                    throw new AssertionError("two equal calls gave different results");
                }
                served.incrementAndGet();
            }
        } catch (PredictorClosedException e) {
            served.incrementAndGet();
        } catch (Throwable e) {
            errors.add(e);
        } finally {
            warm.countDown();
        }
    }
}
