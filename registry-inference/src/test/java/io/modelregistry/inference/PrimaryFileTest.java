package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrimaryFileTest {
    private final ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode());

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        registry.close();
    }

    private void holds(String model, String as) throws IOException {
        Path target = folder.resolve(as);
        Files.createDirectories(target.getParent());
        Files.copy(Fixtures.model(model), target);
    }

    private static LoadOptions primary(String file) {
        return LoadOptions.builder().primaryFile(file).build();
    }

    private static String inputOf(Predictor predictor) {
        try (predictor) {
            return predictor.signature().inputs().get(0).name();
        }
    }

    @Test
    void anInterruptIsToldFromFilesThatCannotBeRead() throws IOException {
        holds("digits-mlp.onnx", "model.onnx");
        registry.register(Registration.of("digits", folder).build());
        registry.artifacts("digits").materialize();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Predictors.load(registry, "digits"))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT))
                .hasMessageContaining("Cannot load 'digits:1.0.0': the thread was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aVersionWithSeveralModelsIsRefusedUntilOneIsNamed() throws IOException {
        holds("digits-mlp.onnx", "encoder.onnx");
        holds("cancer-logistic.onnx", "parts/decoder.onnx");
        registry.register(Registration.of("pair", folder).build());
        assertThatThrownBy(() -> Predictors.load(registry, "pair:1.0.0"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use model 'pair:1.0.0': it holds 2 models [encoder.onnx, parts/decoder.onnx],"
                        + " expected one model, or its path in LoadOptions.primaryFile");
        assertThat(inputOf(Predictors.load(registry, "pair:1.0.0", primary("encoder.onnx"))))
                .isEqualTo("input");
        assertThat(inputOf(Predictors.load(registry, "pair:1.0.0", primary("parts/decoder.onnx"))))
                .isEqualTo("features");
        assertThat(inputOf(Predictors.load(folder, primary("parts/decoder.onnx"))))
                .isEqualTo("features");
        assertThatThrownBy(() -> Predictors.load(registry, "pair:1.0.0", primary("decoder.onnx")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use primary file 'decoder.onnx': the model has no such file, expected one of"
                        + " [encoder.onnx, parts/decoder.onnx]");
        assertThatThrownBy(() -> Predictors.load(folder, primary("../encoder.onnx")))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void filesOfTheManifestsFrameworkComeFirst() throws IOException {
        holds("digits-cnn.pt", "model.pt");
        holds("digits-cnn-statedict.pth", "weights.pth");
        holds("digits-cnn.onnx", "model.onnx");
        registry.register(
                Registration.of("cnn", folder).framework(Framework.TORCHSCRIPT).build());
        ModelSource source = source("cnn", LoadOptions.defaults());
        assertThat(source.primaryFile()).isEqualTo("model.pt");
        assertThat(source.framework()).isEqualTo(Framework.TORCHSCRIPT);

        ModelSource other = source("cnn", primary("model.onnx"));
        assertThat(other.framework().sameNameAs(Framework.ONNX)).isTrue();
        assertThat(inputOf(Predictors.load(registry, "cnn", primary("model.onnx"))))
                .isEqualTo("image");
    }

    @Test
    void theSmallFilesOfASavedModelAreNotModels() throws IOException {
        String model = "digits-mlp-savedmodel/";
        for (String file :
                new String[] {"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"
                }) {
            holds(model + file, file);
        }
        registry.register(Registration.of("tf", folder).build());
        assertThat(source("tf", LoadOptions.defaults()).primaryFile()).isEqualTo("saved_model.pb");
        assertThat(LocalModel.at(folder, LoadOptions.defaults()).primaryFile()).isEqualTo("saved_model.pb");
    }

    private ModelSource source(String ref, LoadOptions options) {
        return RegisteredSource.of(registry.get(ref), registry.artifacts(ref).materialize(), options);
    }
}
