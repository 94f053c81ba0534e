package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.TemporaryFolderException;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose failure it is when a version cannot be copied to this host. */
class LocalCopiesTest {
    private static final String TEMPORARY = "java.io.tmpdir";

    @TempDir
    Path folder;

    private final String before = System.getProperty(TEMPORARY);
    private volatile boolean failing;
    private final ForwardingNode node = new ForwardingNode(new InMemoryStorageNode()) {
        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            if (failing && key.name().equals("model.bin")) {
                throw new StorageException(key, "Cannot open '" + key + "': the store is on fire", null);
            }
            return super.open(key, range, unlessEtag);
        }
    };
    private ModelRegistry registry;

    @BeforeEach
    void fill() {
        registry = open(folder);
        registry.register(
                Registration.of("iris").file("model.bin", new byte[100]).build());
    }

    private ModelRegistry open(Path temporary) {
        System.setProperty(TEMPORARY, temporary.toString());
        return ModelRegistries.builder(node).leaveNodeOpen().open();
    }

    @AfterEach
    void close() {
        registry.close();
        System.setProperty(TEMPORARY, before);
    }

    private AbstractThrowableAssert<?, ?> assertTemporaryFolderFails(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TemporaryFolderException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("the temporary folder '")
                .hasMessageContaining(TEMPORARY)
                .hasMessageContaining("a local cache");
    }

    @Test
    void aTemporaryFolderThatFailsIsNotAFailureOfTheStore() throws IOException {
        Path file = registry.artifacts("iris").materialize().resolve("model.bin");
        Files.delete(file);
        Files.createFile(Files.createDirectory(file).resolve("in-the-way"));
        assertTemporaryFolderFails(() -> registry.artifacts("iris").materialize())
                .hasMessageStartingWith("Cannot materialize 'iris:1.0.0'");
        Files.delete(file.resolve("in-the-way"));
        assertThat(registry.artifacts("iris").materialize().resolve("model.bin"))
                .hasBinaryContent(new byte[100]);
    }

    @Test
    void aTemporaryFolderThatIsMissingIsNamedByWhatNeedsIt() {
        try (ModelRegistry other = open(folder.resolve("missing"))) {
            assertTemporaryFolderFails(() -> other.artifacts("iris").materialize())
                    .hasMessageContaining("missing'");
            assertTemporaryFolderFails(() -> other.register(
                            Registration.of("rules").object(Map.of("a", "b")).build()))
                    .hasMessageStartingWith("Cannot register 'rules'");
        }
    }

    @Test
    void aStoreThatFailsWhileItIsCopiedIsNamedAndLeavesNothing() throws IOException {
        failing = true;
        assertThatThrownBy(() -> registry.artifacts("iris").materialize())
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("the store is on fire");
        try (var all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)).hasSize(1); // The lock.
        }
        failing = false;
        assertThat(registry.artifacts("iris").materialize().resolve("model.bin"))
                .exists();
        registry.close();
        assertThat(folder).isEmptyDirectory();
    }
}
