package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameworkDetectorTest {
    private final FrameworkDetector detector = FrameworkDetector.standard();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "fixtures/all-types-identity.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/cancer-logistic-zipmap.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/cancer-logistic.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/digits-mlp.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/identity.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/iris-tribuo.onnx | onnx opset13 | onnx | DATA_ONLY | -",
                "fixtures/digits-cnn.pt | torchscript | torchscript | DATA_ONLY | __torch__.Net",
                "fixtures/digits-cnn-statedict.pth | pytorch | torch-zip | EXECUTES_CODE | state-dict",
                "fixtures/cancer-logistic.joblib | sklearn 1.2.1 | joblib | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "fixtures/cancer-logistic.pkl | sklearn 1.2.1 | pickle | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "fixtures/digits-mlp.joblib | sklearn 1.2.1 | joblib+zlib | EXECUTES_CODE"
                        + " | sklearn.neural_network._multilayer_perceptron.MLPClassifier",
                "fixtures/plain-dict.pkl | pickle | pickle | EXECUTES_CODE | dict",
                "fixtures/digits-mlp-savedmodel/saved_model.pb | tensorflow | savedmodel | DATA_ONLY | -",
                "formats/lr-p0.pkl | sklearn 1.2.1 | pickle | EXECUTES_CODE | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-p1.pkl | sklearn 1.2.1 | pickle | EXECUTES_CODE | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-p2.pkl | sklearn 1.2.1 | pickle | EXECUTES_CODE | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-p4.pkl | sklearn 1.2.1 | pickle | EXECUTES_CODE | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-gzip.joblib | sklearn 1.2.1 | joblib+gzip | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-zlib.joblib | sklearn 1.2.1 | joblib+zlib | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-bz2.joblib | sklearn 1.2.1 | joblib+bzip2 | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-lzma.joblib | sklearn 1.2.1 | joblib+lzma | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/lr-xz.joblib | sklearn 1.2.1 | joblib+xz | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/rf.joblib | sklearn 1.2.1 | joblib | EXECUTES_CODE | sklearn.ensemble._forest.RandomForestClassifier",
                "formats/obj.joblib | sklearn 1.2.1 | joblib | EXECUTES_CODE"
                        + " | sklearn.linear_model._logistic.LogisticRegression",
                "formats/dict.joblib | pickle | joblib | EXECUTES_CODE | dict",
                "formats/x.json | xgboost 1.7.4 | xgboost-json | DATA_ONLY | binary:logistic",
                "formats/x.ubj | xgboost 1.7.4 | xgboost-ubjson | DATA_ONLY | binary:logistic",
                "formats/x.deprecated | xgboost | xgboost-binary | DATA_ONLY | -",
                "formats/x.pkl | xgboost | pickle | EXECUTES_CODE | xgboost.core.Booster",
                "formats/xclf.joblib | xgboost | joblib | EXECUTES_CODE | xgboost.sklearn.XGBClassifier",
                "formats/k-earliest.h5 | keras 2.11.0 | keras-hdf5 | DATA_ONLY | Sequential",
                "formats/k-latest.h5 | keras 2.11.0 | keras-hdf5 | DATA_ONLY | Sequential",
                "formats/k-lambda.h5 | keras 2.11.0 | keras-hdf5 | EXECUTES_CODE | Sequential",
                "formats/userblock.h5 | keras 2.11.0 | keras-hdf5 | DATA_ONLY | Sequential",
                "formats/k-weights.h5 | keras 2.11.0 | keras-hdf5-weights | DATA_ONLY | -",
                "formats/plain.h5 | hdf5 | hdf5 | UNKNOWN | -",
                "formats/f.npy | numpy | npy | DATA_ONLY | -",
                "formats/o.npy | numpy | npy | EXECUTES_CODE | -",
                "formats/z.npz | numpy | npz | DATA_ONLY | -",
            })
    void realFilesAreRecognisedByContentUnderAnyName(
            String resource, String framework, String format, LoadSafety safety, String modelType) throws IOException {
        byte[] content = TestFiles.resource(resource);
        for (String name :
                List.of(resource.substring(resource.lastIndexOf('/') + 1), "model", "README.md", "wrong.onnx")) {
            Detection found = detector.detect(ModelFiles.of(name, content));
            assertThat(found.framework()).as(name).hasToString(framework);
            assertThat(found.format()).as(name).isEqualTo(format);
            assertThat(found.safety()).as(name).isEqualTo(safety);
            assertThat(found.modelType().orElse(null)).as(name).isEqualTo(modelType);
            assertThat(found.confidence()).isNotEqualTo(Confidence.NONE);
            assertThat(found.primaryFile()).contains(name);
            assertThat(found.kinds()).containsEntry(name, FileKind.WEIGHTS);
            if (safety == LoadSafety.EXECUTES_CODE) {
                assertThat(found.warnings()).isNotEmpty();
            }
            if (!format.equals("savedmodel")) {
                assertThat(found.damage()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fixtures/digits-test-y.i64",
                "fixtures/digits-mlp-external.onnx.data",
                "fixtures/iris.csv",
                "fixtures/expected.json",
                "formats/README.md",
                "formats/make.py",
                "fixtures/digits-mlp-savedmodel/variables/variables.index"
            })
    void otherFilesAreUnknownWithAReason(String resource) throws IOException {
        Detection found = detector.detect(ModelFiles.of("model.onnx", TestFiles.resource(resource)));

        assertThat(found.framework()).isEqualTo(Framework.UNKNOWN);
        assertThat(found.confidence()).isEqualTo(Confidence.NONE);
        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(found.primaryFile()).isEmpty();
        assertThat(found.reason()).isEqualTo("its first bytes are those of no format that is known");
        assertThat(found)
                .hasToString("unknown (unknown, UNKNOWN): its first bytes are those of no format that is known");
    }

    @Test
    void onnxTellsItsVersionsAndProducer() throws IOException {
        Detection found = detector.detect(ModelFiles.of("m", TestFiles.resource("fixtures/iris-tribuo.onnx")));

        assertThat(found.details())
                .containsEntry("ir_version", "6")
                .containsEntry("opset", "13")
                .containsEntry("producer", "Tribuo 4.3.2");
        assertThat(found.damage()).isEmpty();
    }

    @Test
    void externalDataBelongToTheModelAndAreMissed() throws IOException {
        byte[] model = TestFiles.resource("fixtures/digits-mlp-external.onnx");
        byte[] weights = TestFiles.resource("fixtures/digits-mlp-external.onnx.data");

        Detection whole =
                detector.detect(ModelFiles.of(Map.of("a/m.onnx", model, "a/digits-mlp-external.onnx.data", weights)));
        assertThat(whole.damage()).isEmpty();
        assertThat(whole.kinds()).containsEntry("a/digits-mlp-external.onnx.data", FileKind.WEIGHTS);
        assertThat(whole.primaryFile()).contains("a/m.onnx");

        Detection alone = detector.detect(ModelFiles.of("m.onnx", model));
        assertThat(alone.damage()).contains("it needs the file 'digits-mlp-external.onnx.data', which is not there");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd-and-more-letters",
                "/etc/passwd-and-some-more-letter",
                "a\\b-and-some-more-letters-yes-yes"
            })
    void externalDataOutsideTheFolderAreReported(String location) throws IOException {
        String original = "digits-mlp-external.onnx.data";
        byte[] model = TestFiles.resource("fixtures/digits-mlp-external.onnx");
        String text = new String(model, java.nio.charset.StandardCharsets.ISO_8859_1);
        String changed = location.substring(0, original.length());
        Detection found = detector.detect(ModelFiles.of("m.onnx", TestFiles.ascii(text.replace(original, changed))));

        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(found.damage()).contains("it refers to data outside its folder: '" + changed + "'");
    }

    @Test
    void aSavedModelIsAFolderWithItsVariables() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        for (String path :
                List.of("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001")) {
            files.put("export/" + path, TestFiles.resource("fixtures/digits-mlp-savedmodel/" + path));
        }
        Detection found = detector.detect(ModelFiles.of(files));

        assertThat(found.framework()).isEqualTo(Framework.TENSORFLOW);
        assertThat(found.primaryFile()).contains("export/saved_model.pb");
        assertThat(found.details()).containsEntry("tags", "serve").containsEntry("signatures", "serving_default");
        assertThat(found.kinds().values()).containsOnly(FileKind.WEIGHTS);
        assertThat(found.damage()).isEmpty();

        files.remove("export/variables/variables.index");
        assertThat(detector.detect(ModelFiles.of(files)).damage())
                .contains("it needs the file 'export/variables/variables.index', which is not there");
    }

    @Test
    void aSavedModelThatReachesOutOfItselfIsNotCalledData() throws IOException {
        byte[] node = TestFiles.join(
                TestFiles.field(1, TestFiles.ascii("x")), TestFiles.field(2, TestFiles.ascii("WriteFile")));
        byte[] metaGraph = TestFiles.join(
                TestFiles.field(
                        1,
                        TestFiles.join(
                                TestFiles.field(4, TestFiles.ascii("serve")),
                                TestFiles.field(5, TestFiles.ascii("2.16.1")))),
                TestFiles.field(2, TestFiles.field(2, TestFiles.field(1, TestFiles.field(3, node)))));
        Detection found = detector.detect(
                ModelFiles.of("saved_model.pb", TestFiles.join(TestFiles.bytes(8, 1), TestFiles.field(2, metaGraph))));

        assertThat(found.framework()).hasToString("tensorflow 2.16.1");
        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(found.warnings()).containsExactly("its graph has operators that reach out of it: WriteFile");
    }

    @Test
    void operatorsOfForeignDomainsAreNamed() throws IOException {
        byte[] opset = TestFiles.join(TestFiles.field(1, TestFiles.ascii("com.example")), TestFiles.bytes(0x10, 2));
        byte[] model = TestFiles.join(
                TestFiles.bytes(8, 9),
                TestFiles.field(7, TestFiles.field(2, TestFiles.ascii("graph"))),
                TestFiles.field(8, opset));
        Detection found = detector.detect(ModelFiles.of("m", model));

        assertThat(found.framework()).isEqualTo(Framework.ONNX);
        assertThat(found.warnings())
                .containsExactly("it uses operators of domain 'com.example', for which the engine needs a library");
    }

    @Test
    void handmadeFilesOfTheOtherFormatsAreRecognised() throws IOException {
        Detection safetensors = detector.detect(ModelFiles.of("m", TestFiles.safetensors()));
        assertThat(safetensors.framework()).isEqualTo(Framework.SAFETENSORS);
        assertThat(safetensors.details()).containsEntry("tensors", "1").containsEntry("format", "pt");
        assertThat(safetensors.damage()).isEmpty();

        Detection gguf = detector.detect(ModelFiles.of("m", TestFiles.gguf()));
        assertThat(gguf.framework()).hasToString("gguf 3");
        assertThat(gguf.modelType()).contains("llama");
        assertThat(gguf.damage()).isEmpty();

        Detection lightGbm = detector.detect(ModelFiles.of("m", TestFiles.lightGbm()));
        assertThat(lightGbm.framework()).isEqualTo(Framework.LIGHTGBM);
        assertThat(lightGbm.modelType()).contains("binary sigmoid:1");
        assertThat(lightGbm.details()).containsEntry("format_version", "v4");

        Detection pmml = detector.detect(ModelFiles.of(
                "m", TestFiles.ascii("<?xml version=\"1.0\"?>\n<PMML xmlns=\"x\" version=\"4.4\"><Header/></PMML>")));
        assertThat(pmml.framework()).hasToString("pmml 4.4");
        Detection tflite = detector.detect(ModelFiles.of("m", TestFiles.ascii("\u001c\0\0\0TFL3\0\0\0\0")));
        assertThat(tflite.framework()).hasToString("tflite");
    }

    @Test
    void javaStreamsAreLabelledAndTheirClassIsNamed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new java.util.ArrayList<>(List.of("x")));
        }
        Detection found = detector.detect(ModelFiles.of("model.onnx", bytes.toByteArray()));

        assertThat(found.framework()).isEqualTo(Framework.JAVA);
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(found.modelType()).contains("java.util.ArrayList");
        assertThat(found.warnings()).anyMatch(w -> w.contains("runs code of the classes that it names"));
    }

    @Test
    void kerasArchivesAreDataUnlessTheyHoldOrNameCode() throws IOException {
        Detection plain = detector.detect(
                ModelFiles.of("m", TestFiles.kerasArchive("{\"class_name\":\"Dense\",\"module\":\"keras.layers\"}")));
        assertThat(plain.framework()).hasToString("keras 3.4.1");
        assertThat(plain.safety()).isEqualTo(LoadSafety.DATA_ONLY);
        assertThat(plain.modelType()).contains("Sequential");

        Detection lambda =
                detector.detect(ModelFiles.of("m", TestFiles.kerasArchive("{\"class_name\":\"L\\u0061mbda\"}")));
        assertThat(lambda.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(lambda.warnings())
                .containsExactly(
                        "it has a Lambda layer: Python byte code, which is executed when it is loaded or called");

        Detection foreign = detector.detect(
                ModelFiles.of("m", TestFiles.kerasArchive("{\"module\":\"os\",\"class_name\":\"function\"}")));
        assertThat(foreign.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(foreign.imports()).containsExactly("os");

        Detection broken = detector.detect(ModelFiles.of("m", TestFiles.kerasArchive("{\"class_name\":")));
        assertThat(broken.safety()).isEqualTo(LoadSafety.UNKNOWN);
    }

    @Test
    void aHuggingFaceFolderIsItsConfigurationWithWeights() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        files.put(
                "config.json",
                TestFiles.ascii(
                        "{\"architectures\":[\"BertForMaskedLM\"],\"model_type\":\"bert\",\"transformers_version\":\"4.44.0\"}"));
        files.put("model.safetensors", TestFiles.safetensors());
        files.put("tokenizer.json", TestFiles.ascii("{\"version\":\"1.0\"}"));
        files.put("README.md", TestFiles.ascii("# Model card"));
        Detection found = detector.detect(ModelFiles.of(files));

        assertThat(found.framework()).hasToString("huggingface 4.44.0");
        assertThat(found.modelType()).contains("bert");
        assertThat(found.format()).isEqualTo("safetensors");
        assertThat(found.primaryFile()).contains("model.safetensors");
        assertThat(found.safety()).isEqualTo(LoadSafety.DATA_ONLY);
        assertThat(found.details())
                .containsEntry("architecture", "BertForMaskedLM")
                .containsEntry("weights", "safetensors");
        assertThat(found.kinds())
                .containsEntry("config.json", FileKind.CONFIG)
                .containsEntry("tokenizer.json", FileKind.TOKENIZER)
                .containsEntry("README.md", FileKind.DOCUMENTATION)
                .containsEntry("model.safetensors", FileKind.WEIGHTS);

        files.put("pytorch_model.bin", TestFiles.resource("fixtures/digits-cnn-statedict.pth"));
        Detection withPickle = detector.detect(ModelFiles.of(files));
        assertThat(withPickle.primaryFile()).contains("model.safetensors");
        assertThat(withPickle.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(withPickle.warnings())
                .contains("'pytorch_model.bin' is torch-zip, which executes code when it is loaded");

        files.remove("model.safetensors");
        assertThat(detector.detect(ModelFiles.of(files)).primaryFile()).contains("pytorch_model.bin");

        files.remove("pytorch_model.bin");
        assertThat(detector.detect(ModelFiles.of(files)).framework()).isEqualTo(Framework.UNKNOWN);
        assertThat(detector.detect(ModelFiles.of(files)).warnings())
                .containsExactly("there is a configuration of a Hugging Face model, but no weights that are known");
    }

    @Test
    void aHuggingFaceFolderThatBringsCodeIsLabelled() throws IOException {
        Detection found = detector.detect(ModelFiles.of(Map.of(
                "m/config.json",
                        TestFiles.ascii("{\"model_type\":\"x\",\"auto_map\":{\"AutoModel\":\"modeling_x.X\"}}"),
                "m/modeling_x.py", TestFiles.ascii("import os"),
                "m/model.onnx", TestFiles.resource("fixtures/identity.onnx"))));

        assertThat(found.framework()).isEqualTo(Framework.HUGGINGFACE);
        assertThat(found.format()).isEqualTo("onnx");
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
    }

    @Test
    void severalModelsOfOneFormatAreMentioned() throws IOException {
        byte[] model = TestFiles.resource("fixtures/identity.onnx");
        Detection found = detector.detect(ModelFiles.of(
                Map.of("b.onnx", model, "a.onnx", model, "examples/in.npy", TestFiles.resource("formats/f.npy"))));

        assertThat(found.primaryFile()).contains("a.onnx");
        assertThat(found.warnings()).contains("2 files are onnx; 'a.onnx' is taken for the model");
        assertThat(found.kinds()).containsEntry("examples/in.npy", FileKind.EXAMPLE);
    }

    @Test
    void noFilesAndEmptyFilesAreUnknown() throws IOException {
        assertThat(detector.detect(ModelFiles.of(Map.of())).reason()).isEqualTo("there are no files");
        assertThat(detector.detect(ModelFiles.of("m.onnx", new byte[0])).reason())
                .isEqualTo("the file is empty");
        assertThat(detector.framework(ModelFiles.of("m.onnx", new byte[0]))).isEqualTo(Framework.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fixtures/digits-mlp.onnx | onnx | it ends in the middle of its graph: truncated",
                "fixtures/digits-mlp-savedmodel/saved_model.pb | savedmodel | it ends in the middle of a meta graph: truncated",
                "fixtures/digits-cnn.pt | torch-zip | it is a zip archive without a directory: truncated or corrupt",
                "fixtures/cancer-logistic.pkl | pickle | it stops making sense: it ends in the middle",
                "formats/x.json | xgboost-json | its JSON stops making sense: Unexpected end-of-input",
                "formats/x.ubj | xgboost-ubjson | its object does not end: truncated",
                "formats/lr-zlib.joblib | joblib+zlib | its zlib stream stops making sense: Unexpected end of ZLIB input stream",
            })
    void truncatedFilesAreRecognisedAsDamaged(String resource, String format, String damage) throws IOException {
        byte[] content = TestFiles.resource(resource);
        Detection found = detector.detect(ModelFiles.of("m", Arrays.copyOf(content, content.length * 2 / 3)));

        assertThat(found.format()).isEqualTo(format);
        assertThat(found.confidence()).isEqualTo(Confidence.LIKELY);
        assertThat(found.damage().orElse("none")).startsWith(damage);
    }

    @Test
    void damagedHandmadeFilesAreReported() throws IOException {
        byte[] safetensors = TestFiles.safetensors();
        assertThat(detector.detect(ModelFiles.of("m", Arrays.copyOf(safetensors, safetensors.length - 4)))
                        .damage())
                .contains("its tensors take 8 bytes, but 4 follow the header");
        byte[] gguf = TestFiles.gguf();
        assertThat(detector.detect(ModelFiles.of("m", Arrays.copyOf(gguf, 60))).damage())
                .contains("its key-value pairs do not fit into it: truncated or corrupt");
        assertThat(detector.detect(ModelFiles.of("m", Arrays.copyOf(gguf, 10))).damage())
                .contains("it ends in the middle of its header: truncated");
        assertThat(detector.detect(ModelFiles.of("m", Arrays.copyOf(TestFiles.lightGbm(), 150)))
                        .damage())
                .contains("its last lines do not say 'end of trees': truncated");
    }

    @Test
    void aFolderOfTheHostIsReadWithoutFollowingLinksOutOfIt(@TempDir Path folder) throws IOException {
        Path inside = Files.createDirectories(folder.resolve("model/sub"));
        Files.write(inside.resolve("m.onnx"), TestFiles.resource("fixtures/identity.onnx"));
        Path outside = Files.write(folder.resolve("secret.pkl"), TestFiles.resource("fixtures/plain-dict.pkl"));
        Files.createSymbolicLink(inside.resolve("link.pkl"), outside);
        ModelFiles files = ModelFiles.of(folder.resolve("model"));

        assertThat(files.paths()).containsExactly("sub/m.onnx");
        assertThat(detector.detect(files).safety()).isEqualTo(LoadSafety.DATA_ONLY);
        assertThat(ModelFiles.of(outside).paths()).containsExactly("secret.pkl");
        assertThatThrownBy(() -> ModelFiles.of(folder.resolve("absent"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> files.size("other"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("other");
    }

    @Test
    void aFailureToReadIsPassedOn() {
        ModelFiles failing = new ModelFiles() {
            @Override
            public List<String> paths() {
                return List.of("m");
            }

            @Override
            public long size(String path) {
                return 1000;
            }

            @Override
            public InputStream open(String path, long offset) throws IOException {
                throw new IOException("the disk is gone");
            }
        };
        assertThatThrownBy(() -> detector.detect(failing))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
    }
}
