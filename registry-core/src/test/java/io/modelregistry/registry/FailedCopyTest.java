package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that cannot copy what it holds is sent the bytes again. */
class FailedCopyTest {
    private final InMemoryStorageNode store = new InMemoryStorageNode();
    private final byte[] weights = new byte[1 << 20];
    private final List<StorageKey> tried = new ArrayList<>();

    @AfterEach
    void close() {
        store.close();
    }

    private ModelRegistry failing(BiFunction<StorageKey, String, IOException> failure) {
        return ModelRegistries.open(new ForwardingNode(store) {
            @Override
            public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
                tried.add(to);
                throw failure.apply(to, "Cannot copy object '" + from + "': told so, expected to be tried again");
            }
        });
    }

    private RegisteredVersion register(ModelRegistry registry) {
        return registry.register(
                Registration.of("big").file("weights.bin", weights).build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileWhoseCopyFailsIsUploaded(boolean isUnknown) throws IOException {
        try (ModelRegistry registry = failing((key, message) -> isUnknown
                ? new WriteOutcomeUnknownException(key, message, null)
                : new StorageException(key, message, null))) {
            register(registry);
            assertThat(tried).isEmpty();
            RegisteredVersion second = register(registry);
            assertThat(tried).hasToString("[models/big/1.0.1/weights.bin]");
            try (InputStream in = registry.artifacts(second.ref()).open(ArtifactPath.of("weights.bin"))) {
                assertThat(in.readAllBytes()).isEqualTo(weights);
            }
        }
    }

    @Test
    void anInterruptedCopyIsNotFollowedByAnUpload() {
        try (ModelRegistry registry = failing((key, message) ->
                new StorageException(key, message, new InterruptedIOException("the thread was interrupted")))) {
            register(registry);
            assertThatThrownBy(() -> register(registry))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("interrupted");
        }
    }
}
