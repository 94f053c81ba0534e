package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EarlyStartTest {
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean cameFirst;

    /** A store that gives the file only after the engine was asked for, or a long time. */
    private final class Waiting extends ForwardingNode {
        Waiting() {
            super(new InMemoryStorageNode());
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            if (key.name().equals("model.fake")) {
                try {
                    cameFirst = started.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return super.open(key, range, unlessEtag);
        }
    }

    private final class Starting implements PredictorProvider {
        @Override
        public String id() {
            return "fake";
        }

        @Override
        public boolean accepts(ModelSource source) {
            return true;
        }

        @Override
        public Availability availability() {
            started.countDown();
            return Availability.unavailable("it is a fake", null);
        }

        @Override
        public List<String> devices() {
            return List.of();
        }

        @Override
        public EngineSession load(ModelSource source, LoadOptions options) {
            throw new AssertionError("Loaded without being available");
        }
    }

    @Test
    void anEngineStartsWhileTheFilesAreFetched() {
        try (ModelRegistry registry = ModelRegistries.open(new Waiting())) {
            registry.register(
                    Registration.of("m").file("model.fake", new byte[] {1}).build());
            LoadOptions options = LoadOptions.builder().provider(new Starting()).build();
            assertThatThrownBy(() -> Predictors.load(registry, "m", options))
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining("it is a fake");
            assertThat(cameFirst).isTrue();
        }
    }

    @Test
    void aFileThatCannotBeOneIsRefusedByLoading() {
        try (ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode())) {
            registry.register(
                    Registration.of("m").file("model.fake", new byte[] {1}).build());
            LoadOptions options = LoadOptions.builder().primaryFile("../x").build();
            assertThatThrownBy(() -> Predictors.load(registry, "m", options)).hasMessageContaining("../x");
        }
    }
}
