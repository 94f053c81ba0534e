package io.modelregistry.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.DataType;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import io.modelregistry.model.ValueStructure;
import io.modelregistry.registry.Artifacts.ExportLayout;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ExportException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExporterTest {
    private static final TensorSignature ROWS = TensorSignature.of(
            TensorSpec.of("input", DataType.FP32, -1, 64), TensorSpec.of("probabilities", DataType.FP32, -1, 10));

    @TempDir
    private Path folder;

    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final ModelRegistry registry = ModelRegistries.open(node);

    @AfterEach
    void close() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Path export(String ref, ExportLayout layout) {
        return registry.artifacts(ref).export(folder.resolve("out"), layout);
    }

    private void assertRefused(String ref, ExportLayout layout, ErrorCode code, String why) throws IOException {
        Map<String, String> before = files();
        assertThatThrownBy(() -> export(ref, layout))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageStartingWith("Cannot export '" + ref + "' as " + layout + ": ")
                .hasMessageContaining(why);
        assertThat(files()).isEqualTo(before);
    }

    /** What lies below the test's folder: files with their content, folders with nothing. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(found -> !found.equals(folder)).toList()) {
                String content = Files.isDirectory(path) ? "" : Files.readString(path);
                files.put(folder.relativize(path).toString(), content);
            }
        }
        return files;
    }

    private void onnx(String name, String content) {
        registry.register(Registration.of(name)
                .file("digits.onnx", bytes(content))
                .framework(Framework.ONNX)
                .signature(ROWS)
                .build());
    }

    @Test
    void plainIsTheFilesAsRegistered() throws IOException {
        registry.register(Registration.of("iris")
                .file("a.bin", bytes("a"))
                .file("deep/er/b.bin", bytes("b"))
                .build());
        assertThat(export("iris:1.0.0", ExportLayout.PLAIN)).isEqualTo(folder.resolve("out"));
        assertThat(files())
                .isEqualTo(Map.of(
                        "out", "", "out/a.bin", "a", "out/deep", "", "out/deep/er", "", "out/deep/er/b.bin", "b"));
        assertRefused(
                "iris:1.0.0",
                ExportLayout.PLAIN,
                ErrorCode.ALREADY_EXISTS,
                "the target holds something, expected a folder that is empty or does not exist");
    }

    @Test
    void plainGoesIntoAnEmptyFolderAndNotOntoAFile() throws IOException {
        registry.register(Registration.of("iris").file("a.bin", bytes("a")).build());
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> registry.artifacts("iris:1.0.0").export(file, ExportLayout.PLAIN))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("the target holds something");
        Path below = file.resolve("below");
        assertThatThrownBy(() -> registry.artifacts("iris:1.0.0").export(below, ExportLayout.PLAIN))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.STORAGE))
                .hasMessageContaining("the target cannot be written")
                .hasMessageNotContaining(folder.toString());
        Files.createDirectory(folder.resolve("out"));
        export("iris:1.0.0", ExportLayout.PLAIN);
        assertThat(files()).containsEntry("out/a.bin", "a");
    }

    @Test
    void ofSeveralExportsToOneTargetNoneDestroysAnother() throws Exception {
        registry.register(Registration.of("iris")
                .file("m.onnx", bytes("a"))
                .file("m.bin", bytes("b"))
                .framework(Framework.ONNX)
                .build());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 100; round++) {
                for (ExportLayout layout : List.of(ExportLayout.PLAIN, ExportLayout.TRITON)) {
                    Path target = folder.resolve(layout + " " + round);
                    CyclicBarrier both = new CyclicBarrier(2);
                    Callable<Boolean> export = () -> {
                        both.await();
                        try {
                            registry.artifacts("iris:1.0.0").export(target, layout);
                            return true;
                        } catch (ExportException e) {
                            assertThat(e.code()).isIn(ErrorCode.ALREADY_EXISTS, ErrorCode.STORAGE);
                            return false;
                        }
                    };
                    long acknowledged = 0;
                    for (Future<Boolean> done : threads.invokeAll(List.of(export, export))) {
                        acknowledged += done.get() ? 1 : 0;
                    }
                    if (acknowledged > 0) {
                        Path files = layout == ExportLayout.PLAIN ? target : target.resolve("iris/1");
                        String model = layout == ExportLayout.PLAIN ? "m.onnx" : "model.onnx";
                        assertThat(files.resolve(model)).hasContent("a");
                        assertThat(files.resolve("m.bin")).hasContent("b");
                        if (layout == ExportLayout.TRITON) {
                            assertThat(target.resolve("iris/config.pbtxt")).isNotEmptyFile();
                        }
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDamagedFileLeavesNothingBehind() throws IOException {
        registry.register(Registration.of("iris")
                .file("deep/a.bin", bytes("a"))
                .file("z.onnx", bytes("z"))
                .framework(Framework.ONNX)
                .build());
        node.write(StorageKey.of("models/iris/1.0.0/z.onnx"), Content.of(bytes("y")), WriteCondition.unconditional());
        for (ExportLayout layout : List.of(ExportLayout.PLAIN, ExportLayout.TRITON)) {
            assertThatThrownBy(() -> export("iris:1.0.0", layout))
                    .isInstanceOfSatisfying(
                            CorruptionException.class,
                            damaged -> assertThat(damaged.key()).isEqualTo("models/iris/1.0.0/z.onnx"));
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void tritonGetsANumberedFolderAndAConfiguration() throws IOException {
        onnx("nlp/digits", "one");
        onnx("nlp/digits", "two");
        export("nlp/digits:1.0.0", ExportLayout.TRITON);
        Map<String, String> expected = new TreeMap<>(
                Map.of("out", "", "out/digits", "", "out/digits/1", "", "out/digits/1/model.onnx", "one"));
        expected.put("out/digits/config.pbtxt", """
                name: "digits"
                platform: "onnxruntime_onnx"
                backend: "onnxruntime"
                max_batch_size: 64
                input [ { name: "input" data_type: TYPE_FP32 dims: [ 64 ] } ]
                output [ { name: "probabilities" data_type: TYPE_FP32 dims: [ 10 ] } ]
                parameters { key: "model_registry_name" value { string_value: "nlp/digits" } }
                """);
        assertThat(files()).isEqualTo(expected);

        Files.writeString(
                folder.resolve("out/digits/config.pbtxt"),
                "# ours\n" + expected.get("out/digits/config.pbtxt").replace("64\ninput", "8\ninput")
                        + "instance_group [ { count: 2 } ]\n");
        String edited = files().get("out/digits/config.pbtxt");
        export("nlp/digits:1.0.1", ExportLayout.TRITON);
        expected.put("out/digits/2", "");
        expected.put("out/digits/2/model.onnx", "two");
        expected.put("out/digits/config.pbtxt", edited);
        assertThat(files()).isEqualTo(expected);
        assertRefused(
                "nlp/digits:1.0.1",
                ExportLayout.TRITON,
                ErrorCode.ALREADY_EXISTS,
                "the target has a version 2 of 'digits'");
        onnx("digits", "another model");
        assertRefused(
                "digits:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.ALREADY_EXISTS,
                "the target has a version 1 of 'digits'");
    }

    @Test
    void aConfigurationThatDoesNotFitIsRefused() throws IOException {
        onnx("digits", "one");
        Files.createDirectories(folder.resolve("out/digits"));
        Path config = folder.resolve("out/digits/config.pbtxt");
        Map<String, String> wrong = Map.of(
                "platform: \"tensorflow_savedmodel\"\nmax_batch_size: 1",
                        "it does not say platform:\"onnxruntime_onnx\"",
                "backend: \"python\"\nmax_batch_size: 1", "it does not say backend:\"onnxruntime\"",
                "backend: \"onnxruntime\"", "its max_batch_size says that rows are not batched",
                "max_batch_size: 4\ninput [ { name: \"x\" } ]", "it does not say input[{name:\"input\"");
        for (Map.Entry<String, String> text : wrong.entrySet()) {
            Files.writeString(config, text.getKey());
            assertRefused("digits:1.0.0", ExportLayout.TRITON, ErrorCode.ALREADY_EXISTS, text.getValue());
        }
        Files.writeString(config, "backend: \"onnxruntime\" max_batch_size: 4 # the rest is asked of the model");
        export("digits:1.0.0", ExportLayout.TRITON);
        assertThat(files()).containsKey("out/digits/1/model.onnx");
    }

    @Test
    void weightsStayBesideTheGraphAsItSeesThem() throws IOException {
        registry.register(Registration.of("big")
                .file("net/graph.onnx", bytes("graph"))
                .file("net/graph.onnx.data", bytes("weights"))
                .file("readme.txt", bytes("read"))
                .framework(Framework.ONNX)
                .build());
        export("big:1.0.0", ExportLayout.TRITON);
        assertThat(files())
                .containsEntry("out/big/1/model.onnx", "graph")
                .containsEntry("out/big/1/graph.onnx.data", "weights")
                .containsEntry("out/big/1/readme.txt", "read");
        assertThat(files().get("out/big/config.pbtxt"))
                .contains("max_batch_size: 0")
                .doesNotContain("input");
    }

    @Test
    void aSavedModelIsAFolderForBothServers() throws IOException {
        registry.register(Registration.of("tf")
                .file("export/saved_model.pb", bytes("pb"))
                .file("export/variables/variables.index", bytes("index"))
                .file("notes.txt", bytes("notes"))
                .framework(Framework.TENSORFLOW)
                .signature(TensorSignature.of(
                        TensorSpec.of("x", DataType.BYTES, Shape.SCALAR), TensorSpec.of("y", DataType.INT64, -1)))
                .build());
        export("tf:1.0.0", ExportLayout.TRITON);
        assertThat(files())
                .containsEntry("out/tf/1/model.savedmodel/saved_model.pb", "pb")
                .containsEntry("out/tf/1/model.savedmodel/variables/variables.index", "index")
                .doesNotContainValue("notes");
        assertThat(files().get("out/tf/config.pbtxt"))
                .contains("platform: \"tensorflow_savedmodel\"")
                .contains("max_batch_size: 0")
                .contains("input [ { name: \"x\" data_type: TYPE_STRING dims: [ 1 ] reshape { shape: [ ] } } ]")
                .contains("output [ { name: \"y\" data_type: TYPE_INT64 dims: [ -1 ] } ]");
        registry.artifacts("tf").export(folder.resolve("serving"), ExportLayout.TENSORFLOW_SERVING);
        assertThat(files())
                .containsEntry("serving/tf/1/saved_model.pb", "pb")
                .containsEntry("serving/tf/1/variables/variables.index", "index")
                .doesNotContainKey("serving/tf/config.pbtxt");
    }

    private void savedModel(String name, String content) {
        registry.register(Registration.of(name)
                .file("saved_model.pb", bytes(content))
                .framework(Framework.TENSORFLOW)
                .build());
    }

    @Test
    void twoModelsOfOneNameDoNotShareAServersFolder() throws IOException {
        savedModel("a/iris", "a one");
        savedModel("b/iris", "b one");
        savedModel("b/iris", "b two");
        export("a/iris:1.0.0", ExportLayout.TENSORFLOW_SERVING);
        assertThat(files()).containsEntry("out/iris/.model_registry_name", "a/iris\n");
        for (String ref : List.of("b/iris:1.0.0", "b/iris:1.0.1")) {
            assertRefused(
                    ref,
                    ExportLayout.TENSORFLOW_SERVING,
                    ErrorCode.ALREADY_EXISTS,
                    "the folder 'iris' of the target holds versions of 'a/iris', expected another target");
        }
        Files.delete(folder.resolve("out/iris/.model_registry_name"));
        assertRefused(
                "b/iris:1.0.1",
                ExportLayout.TENSORFLOW_SERVING,
                ErrorCode.ALREADY_EXISTS,
                "the folder 'iris' of the target holds versions of which it does not say what model they are of,"
                        + " expected another target, or a file .model_registry_name with the line 'b/iris'");
        Files.writeString(folder.resolve("out/iris/.model_registry_name"), "b/iris");
        export("b/iris:1.0.1", ExportLayout.TENSORFLOW_SERVING);
        assertThat(files()).containsEntry("out/iris/2/saved_model.pb", "b two");
    }

    @Test
    void versionsThatSpellTheirModelOtherwiseStandTogether() throws IOException {
        for (ExportLayout layout : List.of(ExportLayout.TENSORFLOW_SERVING, ExportLayout.TRITON)) {
            String name = layout == ExportLayout.TRITON ? "Sepals" : "Iris";
            savedModel(name, "one");
            savedModel(name.toLowerCase(java.util.Locale.ROOT), "two");
            export(name + ":1.0.0", layout);
            export(name + ":1.0.1", layout);
            assertThat(Files.isDirectory(folder.resolve("out/" + name + "/2"))).isTrue();
            assertThat(Files.exists(folder.resolve("out/" + name.toLowerCase(java.util.Locale.ROOT))))
                    .isFalse();
        }
        Files.createDirectories(folder.resolve("other/SEPALS"));
        registry.artifacts("sepals:1.0.1").export(folder.resolve("other"), ExportLayout.TRITON);
        assertThat(files().get("other/SEPALS/config.pbtxt")).startsWith("name: \"SEPALS\"\n");
    }

    @Test
    void torchScriptNeedsASignature() throws IOException {
        registry.register(Registration.of("cnn")
                .file("cnn.pt", bytes("one"))
                .framework(Framework.TORCHSCRIPT)
                .build());
        assertRefused(
                "cnn:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.INVALID,
                "a TorchScript module does not say what it takes and gives, and Triton has to know");
        registry.register(Registration.of("cnn")
                .file("cnn.pt", bytes("two"))
                .framework(Framework.TORCHSCRIPT)
                .signature(ROWS)
                .build());
        export("cnn:1.0.1", ExportLayout.TRITON);
        assertThat(files()).containsEntry("out/cnn/2/model.pt", "two");
        assertThat(files().get("out/cnn/config.pbtxt"))
                .contains("platform: \"pytorch_libtorch\"")
                .contains("input [ { name: \"INPUT__0\" data_type: TYPE_FP32 dims: [ 64 ] } ]")
                .contains("output [ { name: \"OUTPUT__0\"");
    }

    @Test
    void whatAServerCannotRunIsRefusedWithTheReason() throws IOException {
        registry.register(Registration.of("pickled")
                .file("m.pkl", bytes("x"))
                .framework(Framework.SKLEARN)
                .build());
        assertRefused(
                "pickled:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.UNSUPPORTED,
                "no built-in backend of the server runs the framework sklearn, expected onnx, tensorflow or torchscript");
        onnx("digits", "one");
        assertRefused(
                "digits:1.0.0",
                ExportLayout.TENSORFLOW_SERVING,
                ErrorCode.UNSUPPORTED,
                "TensorFlow Serving runs SavedModels, and this is onnx");
        registry.register(Registration.of("two")
                .file("a.onnx", bytes("a"))
                .file("b.onnx", bytes("b"))
                .framework(Framework.ONNX)
                .build());
        assertRefused(
                "two:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.INVALID,
                "it has several files that could be the model: [a.onnx, b.onnx], expected one such file, or one that is"
                        + " called 'model.onnx'");
        registry.register(Registration.of("maps")
                .file("a.onnx", bytes("a"))
                .framework(Framework.ONNX)
                .signature(TensorSignature.of(
                        TensorSpec.of("x", DataType.FP32, -1, 4),
                        TensorSpec.of("probabilities", ValueStructure.SEQUENCE_OF_STRING_MAPS, DataType.FP32)))
                .build());
        assertRefused(
                "maps:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.UNSUPPORTED,
                "which Triton cannot carry, expected plain tensors");
    }

    @Test
    void aLinkInTheTargetIsNotFollowed() throws IOException {
        onnx("digits", "one");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(folder.resolve("out"));
        Files.createSymbolicLink(folder.resolve("out/digits"), elsewhere);
        assertRefused(
                "digits:1.0.0",
                ExportLayout.TRITON,
                ErrorCode.ALREADY_EXISTS,
                "'digits' in the target is not a folder");
    }
}
