package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told without measuring; OnnxBudgetTest compares it with what processes hold. */
final class ModelFootprintTest {
    private static final LoadOptions DEFAULTS = LoadOptions.defaults();

    @TempDir
    private Path folder;

    private ModelSource source(String file, int bytes, Framework framework) throws IOException {
        Files.write(folder.resolve(file), new byte[bytes]);
        Files.write(folder.resolve("beside.bin"), new byte[1000]);
        return ModelSource.of("m", folder, framework, file);
    }

    @Test
    void weightsInOtherFilesCountUnlessTheyAreMapped() {
        Path model = Fixtures.model("digits-mlp-external.onnx");
        long copied = ModelFootprint.estimate(model, DEFAULTS);
        LoadOptions map =
                LoadOptions.builder().weights(LoadOptions.WeightLoading.MAP).build();
        long weights =
                model.resolveSibling("digits-mlp-external.onnx.data").toFile().length();
        assertThat(copied - ModelFootprint.estimate(model, map)).isEqualTo(weights);
        assertThat(copied).isEqualTo(ModelFootprint.estimate(Fixtures.model("digits-mlp.onnx"), DEFAULTS));
    }

    @Test
    void whatNoEngineKnowsBetterTakesTheSizeOfItsFiles() throws IOException {
        assertThat(ModelFootprint.estimate(source("m.bin", 500, Framework.of("other")), DEFAULTS))
                .isEqualTo(1500);
        assertThat(ModelFootprint.estimate(source("m.pt", 500, Framework.TORCHSCRIPT), DEFAULTS))
                .isEqualTo(500);
    }

    /** Zeros read as a protobuf file without fields; the others are none. */
    @ParameterizedTest
    @ValueSource(bytes = {0, -1})
    void aFileOfAnotherFormatTakesItsSizeAndASession(byte content) throws IOException {
        ModelSource source = source("m.ort", 0, Framework.ONNX);
        long empty = ModelFootprint.estimate(source, DEFAULTS);
        byte[] bytes = new byte[700];
        Arrays.fill(bytes, content);
        Files.write(source.primaryPath(), bytes);
        assertThat(ModelFootprint.estimate(source, DEFAULTS)).isEqualTo(empty + 700);
    }

    @Test
    void filesThatCannotBeReadAreAnError() {
        ModelSource gone = ModelSource.of("m:1.0.0", folder.resolve("gone"), Framework.of("other"), "m.bin");
        assertThatThrownBy(() -> ModelFootprint.estimate(gone, DEFAULTS))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).code())
                .isEqualTo(ErrorCode.STORAGE);
    }

    @Test
    void aVersionIsToldByItsManifest() {
        try (ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode())) {
            registry.register(Registration.of("m")
                    .file("model.onnx", Fixtures.model("digits-mlp.onnx"))
                    .file("README.md", new byte[5000])
                    .build());
            assertThat(ModelFootprint.estimate(registry.get("m")))
                    .isEqualTo(Fixtures.model("digits-mlp.onnx").toFile().length());
        }
    }

    @Test
    void aLoadedModelTellsItsDirectMemoryToo() {
        Path file = Fixtures.model("digits-mlp.onnx");
        Predictor predictor = Predictors.load(file);
        long loaded = predictor.memoryBytes().orElseThrow();
        assertThat(loaded).isEqualTo(ModelFootprint.estimate(file, DEFAULTS));
        predictor.predict(Tensors.of("input", Fixtures.digits(50)));
        assertThat(predictor.memoryBytes().orElseThrow()).isBetween(loaded + 50 * 64 * 4, loaded + 50 * 100 * 4);
        predictor.close();
        assertThat(predictor.memoryBytes()).isEmpty();
    }

    @Test
    void aFunctionHoldsNothingOutsideTheHeap() {
        try (Predictor predictor = Predictors.of(PredictorsTest.SIGNATURE, PredictorsTest::sum)) {
            assertThat(predictor.memoryBytes()).isEqualTo(OptionalLong.of(0));
        }
    }
}
