package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.InvalidTensorException.Problem;
import io.modelregistry.model.DataType;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PredictorsTest {
    static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[n,2] finite"), TensorSpec.parse("sum FP32[n]"));

    static Tensors sum(Tensors in) {
        Tensor x = in.get("x");
        float[] sums = new float[(int) x.size(0)];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = x.floatAt(i, 0) + x.floatAt(i, 1);
        }
        return Tensors.of("sum", sums);
    }

    @TempDir
    private Path folder;

    static Tensors row(float a, float b) {
        return Tensors.of("x", new float[][] {{a, b}});
    }

    @Test
    void aFunctionIsAPredictor() {
        try (Predictor predictor = Predictors.of(SIGNATURE, PredictorsTest::sum)) {
            assertThat(predictor.predict(row(1, 2)).get("sum").floats()).containsExactly(3f);
            assertThat(predictor.signature()).isEqualTo(SIGNATURE);
            assertThat(predictor.description().engine()).isEqualTo("java");
            Tensors into = Tensors.of("sum", Tensor.allocate(DataType.FP32, 1));
            predictor.predictInto(row(2, 3), into);
            assertThat(into.get("sum").floatAt(0)).isEqualTo(5f);
        }
    }

    @Test
    void inputsAreCheckedByNameTypeAndShape() {
        AtomicInteger calls = new AtomicInteger();
        try (Predictor predictor = Predictors.of(SIGNATURE, in -> {
            calls.incrementAndGet();
            return sum(in);
        })) {
            refuses(
                    predictor,
                    Tensors.empty(),
                    Problem.MISSING_INPUT,
                    "input 'x' is missing among [], expected x FP32[n,2] finite");
            refuses(
                    predictor,
                    row(1, 2).with("y", 1f),
                    Problem.UNKNOWN_INPUT,
                    "input 'y' is unknown, expected only the inputs of ");
            refuses(
                    predictor,
                    Tensors.of("x", new double[1][2]),
                    Problem.WRONG_TYPE,
                    "input 'x' is FP64[1,2], expected x FP32[n,2]");
            refuses(
                    predictor,
                    Tensors.of("x", new float[1][3]),
                    Problem.WRONG_SHAPE,
                    "input 'x' is FP32[1,3], expected x FP32[n,2]");
            refuses(
                    predictor,
                    Tensors.of("x", new float[2]),
                    Problem.WRONG_SHAPE,
                    "input 'x' is FP32[2], expected x FP32[n,2]");
            refuses(
                    predictor,
                    row(1, Float.NaN),
                    Problem.NOT_FINITE,
                    "input 'x' holds NaN or infinity, expected x FP32[n,2] finite");
            TensorMap map = new TensorMap(Tensor.of(new long[1]), Tensor.of(new float[1]));
            refuses(predictor, Tensors.of("x", map), Problem.WRONG_TYPE, "input 'x' is {0=0.0}");
            assertThat(calls).hasValue(0);
        }
    }

    @Test
    void sizesOfOneNameAreEqualInAllInputs() {
        TensorSignature signature = new TensorSignature(
                List.of(
                        TensorSpec.parse("a FP32[batch,2]"),
                        TensorSpec.parse("square FP32[n,n]"),
                        TensorSpec.parse("b FP32[batch,-1]")),
                List.of(TensorSpec.parse("y FP32[]")));
        try (Predictor predictor = Predictors.of(signature, in -> Tensors.of("y", 1f))) {
            Tensors good =
                    Tensors.of("b", new float[3][5]).with("a", new float[3][2]).with("square", new float[4][4]);
            assertThat(predictor.predict(good).get("y").floatAt(0)).isEqualTo(1f);
            refuses(
                    predictor,
                    good.with("b", new float[1][5]),
                    Problem.WRONG_SHAPE,
                    "input 'b' is FP32[1,5] while 'batch' is 3 in input 'a', expected b FP32[batch,-1]");
            refuses(
                    predictor,
                    good.with("square", new float[4][5]),
                    Problem.WRONG_SHAPE,
                    "input 'square' is FP32[4,5] while 'n' is 4 in input 'square', expected square FP32[n,n]");
        }
    }

    private static void refuses(Predictor predictor, Tensors inputs, Problem problem, String message) {
        assertThatThrownBy(() -> predictor.predict(inputs))
                .isInstanceOfSatisfying(InvalidTensorException.class, e -> {
                    assertThat(e.problem()).isEqualTo(problem);
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
                })
                .hasMessageStartingWith("Cannot predict with model 'function': " + message);
    }

    @Test
    void unknownOutputsAreRefused() {
        try (Predictor predictor = Predictors.of(SIGNATURE, PredictorsTest::sum)) {
            assertThatThrownBy(() -> predictor.predict(row(1, 2), List.of("mean")))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessage(
                            "Cannot predict with model 'function': output 'mean' is unknown, expected one of [sum]");
            assertThatThrownBy(() -> predictor.predict(row(1, 2), List.of("sum", "sum")))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessageContaining("output 'sum' is requested twice");
            assertThatThrownBy(() -> predictor.predictInto(row(1, 2), Tensors.empty()))
                    .isInstanceOf(InvalidTensorException.class);
            Tensors readOnly = Tensors.of("sum", new float[1]);
            assertThatThrownBy(() -> predictor.predictInto(row(1, 2), readOnly))
                    .isInstanceOf(InvalidTensorException.class)
                    .hasMessageContaining("cannot be written to FP32[1], expected a writable tensor of sum FP32[n]");
        }
    }

    @Test
    void whatAFunctionThrowsIsAFailedPrediction() {
        IllegalStateException cause = new IllegalStateException("no");
        try (Predictor predictor = Predictors.of(SIGNATURE, in -> {
            throw cause;
        })) {
            assertThatThrownBy(() -> predictor.predict(row(1, 2)))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining("java.lang.IllegalStateException: no")
                    .hasCause(cause);
        }
        try (Predictor predictor = Predictors.of(SIGNATURE, in -> Tensors.of("other", 1f))) {
            assertThatThrownBy(() -> predictor.predict(row(1, 2)))
                    .isInstanceOf(PredictionFailedException.class)
                    .hasMessageContaining("it gave no output 'sum' but [other]");
        }
    }

    @Test
    void callsUnderWayFinishAndLaterOnesAreRefused() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Predictor predictor = Predictors.of(SIGNATURE, in -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return sum(in);
        });
        List<Tensors> results = new ArrayList<>();
        Thread thread = new Thread(() -> results.add(predictor.predict(row(1, 2))), "predicting");
        thread.start();
        inside.await();
        predictor.close();
        predictor.close();
        assertThat(predictor.isClosed()).isTrue();
        assertThatThrownBy(() -> predictor.predict(row(1, 2)))
                .isInstanceOfSatisfying(
                        PredictorClosedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED))
                .hasMessage("Cannot predict with model 'function': its predictor is closed, expected an open one");
        assertThatThrownBy(() -> predictor.predictBatch(List.of())).isInstanceOf(PredictorClosedException.class);
        goOn.countDown();
        thread.join();
        assertThat(results.get(0).get("sum").floats()).containsExactly(3f);
    }

    @Test
    void aBrokenProviderDoesNotStopTheOthers() throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(PredictorProvider.class.getName()),
                "absent.Provider\n" + PrivateEngine.class.getName() + "\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            Predictors.load(Fixtures.model("digits-mlp.onnx")).close();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A service without the public constructor that it has to have. */
    private static final class PrivateEngine extends AbsentEngine {}

    @Test
    void declaredSignaturesNarrowTheModelsOwn() {
        TensorSignature own = TensorSignature.of(TensorSpec.parse("x FP32[-1,2]"), TensorSpec.parse("y FP32[...]"));
        TensorSignature declared =
                TensorSignature.of(TensorSpec.parse("x FP32[batch,2] finite"), TensorSpec.parse("y FP32[batch]"));
        assertThat(DeclaredSignature.reconcile("m", declared, own)).isEqualTo(declared);
        assertThat(DeclaredSignature.reconcile("m", own, declared)).isEqualTo(declared);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x FP64[-1,2]    | y FP32[-1] | input 'x FP64[-1,2]' but the model itself has input 'x FP32[-1,2]'",
                "x FP32[-1,3]    | y FP32[-1] | input 'x FP32[-1,3]' but the model itself has input 'x FP32[-1,2]'",
                "z FP32[-1,2]    | y FP32[-1] | input 'z FP32[-1,2]' but the model itself has inputs [x FP32[-1,2]]",
                "x FP32[-1,2]    | z FP32[-1] | output 'z FP32[-1]' but the model itself has outputs [y FP32[-1]]",
                "x FP32[-1,2]    | y FP32[1,1] | output 'y FP32[1,1]' but the model itself has output 'y FP32[-1]'"
            })
    void contradictionsNameBothSides(String input, String output, String message) {
        TensorSignature own = TensorSignature.of(TensorSpec.parse("x FP32[-1,2]"), TensorSpec.parse("y FP32[-1]"));
        TensorSignature declared =
                TensorSignature.of(TensorSpec.parse(input.strip()), TensorSpec.parse(output.strip()));
        assertThatThrownBy(() -> DeclaredSignature.reconcile("m", declared, own))
                .isInstanceOfSatisfying(
                        SignatureMismatchException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.LOAD_FAILED))
                .hasMessage(
                        "Cannot load model 'm': its declared signature says " + message + ", expected both to agree");
    }

    @Test
    void anUndeclaredInputIsAContradiction() {
        TensorSignature own = new TensorSignature(
                List.of(TensorSpec.parse("x FP32[1]"), TensorSpec.parse("z FP32[1]")),
                List.of(TensorSpec.parse("y FP32[1]")));
        TensorSignature declared = TensorSignature.of(TensorSpec.parse("x FP32[1]"), TensorSpec.parse("y FP32[1]"));
        assertThatThrownBy(() -> DeclaredSignature.reconcile("m", declared, own))
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessageContaining("says inputs [x FP32[1]] but the model itself has input 'z FP32[1]'");
    }

    @ParameterizedTest
    @CsvSource({
        "cancer-logistic.joblib, sklearn, scikit-learn pickles run in Python only",
        "cancer-logistic.pkl, sklearn, scikit-learn pickles run in Python only",
        "plain-dict.pkl, pickle, pickles run in Python only",
        "digits-cnn-statedict.pth, pytorch, a state dict holds weights without the network",
        "iris.csv, unknown, nobody recognised its files"
    })
    void formatsThatCannotBeRunSayWhy(String file, String framework, String why) {
        assertThatThrownBy(() -> Predictors.load(Fixtures.model(file)))
                .isInstanceOfSatisfying(UnsupportedModelException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                    assertThat(e.framework()).isEqualTo(framework);
                })
                .hasMessageStartingWith("Cannot load model '" + file + "' of framework '" + framework)
                .hasMessageContaining("': " + why);
    }

    @Test
    void pathsThatHoldNoModelAreRefused() throws IOException {
        assertThatThrownBy(() -> Predictors.load(folder.resolve("absent.onnx")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("there is nothing");
        assertThatThrownBy(() -> Predictors.load(folder))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("it holds no model: ");
        Files.writeString(folder.resolve("a.onnx"), "");
        Files.writeString(folder.resolve("b.onnx"), "");
        assertThatThrownBy(() -> Predictors.load(folder))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("it holds 2 models [a.onnx, b.onnx]");
        assertThatThrownBy(() -> ModelSource.of("m", folder, Framework.ONNX, "../a.onnx"))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void providersAreChosenByIdAndReportWhatIsMissing() {
        ModelSource source = ModelSource.of("m:1.0.0", folder, Framework.ONNX, "a.onnx");
        assertThatThrownBy(() -> Predictors.load(
                        source, LoadOptions.builder().provider("openvino").build()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("engine 'openvino' is not available: no provider of that id is installed, only [")
                .matches(e -> !((RegistryException) e).isRetryable());
        assertThatThrownBy(() -> Predictors.load(
                        source,
                        LoadOptions.builder().provider(new AbsentEngine()).build()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessage("Cannot load model 'm:1.0.0': engine 'absent' is not available: libabsent.so is missing,"
                        + " expected the engine's artifact on the class path")
                .hasCauseInstanceOf(UnsatisfiedLinkError.class);
    }

    /** An engine whose native library does not load. */
    private static class AbsentEngine implements PredictorProvider {
        @Override
        public String id() {
            return "absent";
        }

        @Override
        public boolean accepts(ModelSource source) {
            return true;
        }

        @Override
        public Availability availability() {
            return Availability.unavailable("libabsent.so is missing", new UnsatisfiedLinkError("libabsent.so"));
        }

        @Override
        public List<String> devices() {
            return List.of();
        }

        @Override
        public EngineSession load(ModelSource source, LoadOptions options) {
            throw new AssertionError("an engine that is not available was asked to load");
        }
    }

    @Test
    void optionsAreCheckedAndReadable() {
        assertThatThrownBy(() -> LoadOptions.builder().intraOpThreads(0)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> LoadOptions.builder().device(" ")).isInstanceOf(InvalidValueException.class);
        assertThat(LoadOptions.defaults())
                .hasToString(
                        "LoadOptions[device=cpu, threads=1/1, arena=KEEP, optimization=ALL, weights=COPY, warmUpRuns=0,"
                                + " maxBatch=1024, engine={}]");
        assertThat(LoadOptions.onDevice("cuda:1").device()).isEqualTo("cuda:1");
    }
}
