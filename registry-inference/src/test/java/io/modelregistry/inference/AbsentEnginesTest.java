package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.EngineChild.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that lacks an engine, or a part of one, says what to add, and does not go and fetch it. */
@Timeout(300)
final class AbsentEnginesTest {
    private static final String ONNX = "UNAVAILABLE onnxruntime: Cannot load model 'digits-mlp.onnx': engine"
            + " 'onnxruntime' is not available: ONNX Runtime does not start (";
    private static final String ONNX_NEEDS = "); it needs com.microsoft.onnxruntime:onnxruntime:1.29.0, or"
            + " onnxruntime_gpu of that version in its place, expected the engine's artifact on the class path";
    private static final String TENSORFLOW = "UNAVAILABLE tensorflow: Cannot load model 'digits-mlp-savedmodel': engine"
            + " 'tensorflow' is not available: TensorFlow does not start (";
    private static final String TENSORFLOW_NEEDS = "); it needs ai.djl:api:0.36.0,"
            + " ai.djl.tensorflow:tensorflow-engine:0.36.0 and, without what it depends on,"
            + " org.tensorflow:tensorflow-core-native:1.0.0 with the classifier of the machine such as linux-x86_64,"
            + " expected the engine's artifact on the class path";
    private static final String TORCHSCRIPT = "UNAVAILABLE pytorch: Cannot load model 'digits-cnn': engine 'pytorch' is"
            + " not available: PyTorch does not start (";
    private static final String TORCHSCRIPT_NEEDS = "); it needs ai.djl:api:0.36.0,"
            + " ai.djl.pytorch:pytorch-engine:0.35.1, ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1 and"
            + " ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the classifier of the machine such as linux-x86_64,"
            + " expected the engine's artifact on the class path";
    private static final String MISSING_CLASS = "java.lang.NoClassDefFoundError: ";

    @TempDir
    private Path folder;

    private Path caches;
    private RecordingProxy proxy;

    @BeforeEach
    void listen() throws IOException {
        caches = Files.createDirectory(folder.resolve("caches"));
        proxy = new RecordingProxy();
    }

    @AfterEach
    void stopListening() throws Exception {
        proxy.stop();
    }

    /** A child with no library left over from other processes, which may well be connected. */
    private EngineProcess without(String... jars) throws IOException {
        Path work = Files.createDirectory(folder.resolve("work"));
        return new EngineProcess(work)
                .without(jars)
                .flags(proxy.flags())
                .flags(List.of("-Dorg.bytedeco.javacpp.cachedir=" + caches))
                .variable("DJL_CACHE_DIR", caches.toString());
    }

    /** The refusals of two attempts, the second of which meets what the first has left behind. */
    private List<String> refusals(EngineProcess process, String lacking, Engine engine) throws Exception {
        String attempt = EngineChild.REFUSE + engine;
        return process.run(List.of(lacking, attempt, attempt));
    }

    private void assertNothingWasFetchedOrUnpacked() throws IOException {
        assertThat(proxy.requests()).isEmpty();
        try (Stream<Path> left = Files.walk(caches)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static void assertAll(List<String> lines, String start, String why, String end) {
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith(start + why).endsWith(end));
    }

    @Test
    void withoutOnnxRuntimeItsCoordinatesAreNamed() throws Exception {
        String lacking = EngineChild.LACK_CLASS + "ai.onnxruntime.OrtEnvironment";
        List<String> lines = refusals(without("onnxruntime"), lacking, Engine.ONNX);
        assertAll(lines, ONNX, MISSING_CLASS + "ai/onnxruntime/", ONNX_NEEDS);
    }

    @Test
    void anOnnxRuntimeWhoseLibraryDoesNotLoadSaysWhy() throws Exception {
        Path library = Files.writeString(caches.resolve(System.mapLibraryName("onnxruntime")), "no library");
        EngineProcess process = without().flags(List.of("-Donnxruntime.native.onnxruntime.path=" + library));
        List<String> lines = process.run(List.of(EngineChild.REFUSE + Engine.ONNX, EngineChild.REFUSE + Engine.ONNX));
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith(ONNX)
                        .contains("java.lang.UnsatisfiedLinkError: ", library.getFileName() + ": ")
                        .doesNotContain(caches.toString())
                        .endsWith(ONNX_NEEDS));
    }

    @ParameterizedTest
    @CsvSource({
        "ai.djl.engine.Engine, ai/djl/, api-0 tensorflow- javacpp- pytorch-",
        "ai.djl.tensorflow.engine.TfEngineProvider, ai/djl/tensorflow/engine/, tensorflow-engine-",
        "org.bytedeco.javacpp.Loader, org/bytedeco/javacpp/, javacpp-"
    })
    void withoutTensorFlowsClassesItsCoordinatesAreNamed(String type, String named, String jars) throws Exception {
        List<String> lines = refusals(without(jars.split(" ")), EngineChild.LACK_CLASS + type, Engine.TENSORFLOW);
        assertAll(lines, TENSORFLOW, MISSING_CLASS + named, TENSORFLOW_NEEDS);
        assertNothingWasFetchedOrUnpacked();
    }

    @Test
    void withoutTensorFlowsLibraryItsCoordinatesAreNamed() throws Exception {
        String lacking = EngineChild.LACK_RESOURCE + "org/tensorflow/internal/c_api/linux-x86_64/libjnitensorflow.so";
        List<String> lines = refusals(without("tensorflow-core-native-"), lacking, Engine.TENSORFLOW);
        assertThat(lines)
                .first()
                .isEqualTo(
                        TENSORFLOW + "java.lang.UnsatisfiedLinkError: no jnitensorflow in java.library.path, because of"
                                + " java.lang.UnsatisfiedLinkError: Could not find jnitensorflow in class, module, and library"
                                + " paths."
                                + TENSORFLOW_NEEDS);
        assertAll(lines, TENSORFLOW, "java.lang.", TENSORFLOW_NEEDS);
        assertThat(lines).last().asString().contains("no jnitensorflow in java.library.path");
        assertNothingWasFetchedOrUnpacked();
    }

    @ParameterizedTest
    @CsvSource({
        "ai.djl.engine.Engine, ai/djl/, api-0 tensorflow- javacpp- pytorch-",
        "ai.djl.pytorch.engine.PtEngineProvider, ai/djl/pytorch/engine/, pytorch-engine-"
    })
    void withoutPyTorchsClassesItsCoordinatesAreNamed(String type, String named, String jars) throws Exception {
        List<String> lines = refusals(without(jars.split(" ")), EngineChild.LACK_CLASS + type, Engine.TORCHSCRIPT);
        assertAll(lines, TORCHSCRIPT, MISSING_CLASS + named, TORCHSCRIPT_NEEDS);
        assertNothingWasFetchedOrUnpacked();
    }

    @Test
    void withoutPyTorchsLibraryItsCoordinatesAreNamedAndNothingIsFetched() throws Exception {
        String lacking = EngineChild.LACK_RESOURCE + "native/lib/pytorch.properties";
        List<String> lines = refusals(without("pytorch-native-"), lacking, Engine.TORCHSCRIPT);
        assertAll(
                lines,
                TORCHSCRIPT,
                "ai.djl.engine.EngineException: Failed to save pytorch index file, because of java.io.IOException:"
                        + " Offline mode is enabled.",
                TORCHSCRIPT_NEEDS);
        assertNothingWasFetchedOrUnpacked();
    }

    /** Long because the other library, of 430 MB, is unpacked before. */
    @Test
    @Tag("long")
    void withoutPyTorchsBridgeItsCoordinatesAreNamedAndNothingIsFetched() throws Exception {
        String lacking = EngineChild.LACK_RESOURCE + "jnilib/pytorch.properties";
        List<String> lines = refusals(without("pytorch-jni-"), lacking, Engine.TORCHSCRIPT);
        assertAll(
                lines,
                TORCHSCRIPT,
                "ai.djl.engine.EngineException: Cannot download jni files: https://",
                TORCHSCRIPT_NEEDS);
        assertThat(proxy.requests()).isEmpty();
    }

    /** Shows, too, that the other tests here would notice a download. */
    @Test
    void aHostThatTurnsOfflineModeOffGetsDownloads() throws Exception {
        EngineProcess process = without("pytorch-native-").flags(List.of("-Dai.djl.offline=false"));
        assertThat(process.run(List.of(EngineChild.REFUSE + Engine.TORCHSCRIPT)))
                .singleElement()
                .asString()
                .startsWith(TORCHSCRIPT)
                .endsWith(TORCHSCRIPT_NEEDS);
        assertThat(proxy.requests()).isNotEmpty();
    }

    @Test
    void theNamedVersionsAreThoseThatAreTestedHere() {
        Pattern coordinates = Pattern.compile("[a-z.]+:([a-z-]+):([0-9][0-9.-]*[0-9])");
        List<String> jars =
                EngineProcess.classPathEntries().map(EngineProcess::name).toList();
        List<String> named = new ArrayList<>();
        Matcher matcher = coordinates.matcher(ONNX_NEEDS + TENSORFLOW_NEEDS + TORCHSCRIPT_NEEDS);
        while (matcher.find()) {
            String jar = matcher.group(1) + "-" + matcher.group(2);
            named.add(jar);
            assertThat(jars)
                    .as(jar)
                    .anySatisfy(name -> assertThat(name).matches(Pattern.quote(jar) + "(-[a-z0-9_-]+)?\\.jar"));
        }
        assertThat(named).hasSize(8);
    }
}
