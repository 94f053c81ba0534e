package io.modelregistry.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version that is sealed will be published by somebody: that this call did not come to it is no failure of it. */
class LostAfterSealTest {
    @TempDir
    private Path folder;

    private final InMemoryStorageNode store = new InMemoryStorageNode();

    /** A store that can be written until a version is sealed. */
    private static final class LostAfterSeal extends ForwardingNode {
        private boolean isLost;

        LostAfterSeal(InMemoryStorageNode store) {
            super(store);
        }

        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            if (isLost) {
                throw new WriteOutcomeUnknownException(key, "Cannot tell '" + key + "'", new ConnectException("gone"));
            }
            StoredObject written = super.write(key, content, condition);
            isLost =
                    condition instanceof WriteCondition.IfMatches && key.value().endsWith("_meta.json");
            return written;
        }
    }

    private void assertUnknown(Consumer<ModelRegistry> call) {
        try (ModelRegistry registry = ModelRegistries.builder(new LostAfterSeal(store))
                .leaveNodeOpen()
                .commitLimit(Duration.ofSeconds(1))
                .cache(LocalCache.at(folder.resolve("cache")).offline(Offline.SERVE_CACHED))
                .open()) {
            assertThatThrownBy(() -> call.accept(registry)).isInstanceOf(OutcomeUnknownException.class);
        }
    }

    private static Registration.Builder iris() {
        return Registration.of("iris").version("1.0.0");
    }

    @Test
    void aRegistrationIsOfUnknownOutcome() {
        Registration registration = iris().file("m", "x".getBytes(UTF_8)).build();
        assertUnknown(registry -> registry.register(registration));
        try (ModelRegistry later = ModelRegistries.open(store)) {
            assertThat(later.register(registration).version()).hasToString("1.0.0");
        }
    }

    @Test
    void anUploadIsOfUnknownOutcome() {
        assertUnknown(registry -> {
            try (Upload upload = registry.upload(iris().build())) {
                upload.add(ArtifactSource.of(ArtifactPath.of("m"), "x".getBytes(UTF_8)));
                upload.seal();
            }
        });
    }
}
