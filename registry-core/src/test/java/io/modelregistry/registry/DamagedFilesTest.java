package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.Framework;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Files that are damaged for certain are no models. */
class DamagedFilesTest {
    private static byte[] half(String fixture) throws IOException {
        try (InputStream in = Objects.requireNonNull(DamagedFilesTest.class.getResourceAsStream(fixture))) {
            byte[] whole = in.readAllBytes();
            return Arrays.copyOf(whole, whole.length / 2);
        }
    }

    @Test
    void aTruncatedModelIsRefusedUnlessItIsToBeKeptAsItIs() throws IOException {
        byte[] half = half("/fixtures/digits-mlp.onnx");
        try (ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode())) {
            assertThatThrownBy(() -> registry.register(
                            Registration.of("iris").file("m.onnx", half).build()))
                    .isInstanceOf(InvalidArtifactException.class)
                    .hasMessage(
                            "Cannot register file 'iris': it is damaged: it ends in the middle of its graph: truncated,"
                                    + " expected a complete file; to keep it as it is, say that its framework is 'unknown'");
            assertThat(registry.models(ModelQuery.all()).items()).isEmpty();
            registry.register(Registration.of("iris")
                    .file("m.onnx", half)
                    .framework(Framework.UNKNOWN)
                    .build());
            assertThat(registry.get("iris").manifest().format().framework()).isEqualTo(Framework.UNKNOWN);
        }
    }
}
