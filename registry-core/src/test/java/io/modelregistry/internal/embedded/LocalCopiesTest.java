package io.modelregistry.internal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.TemporaryFolderException;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.serialization.ArtifactReader;
import io.modelregistry.serialization.ArtifactWriter;
import io.modelregistry.serialization.Serializer;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.contract.Race;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
        Path copy = registry.artifacts("iris").materialize();
        Files.delete(copy.resolve("model.bin"));
        String name = copy.getFileName().toString();
        Files.createFile(copy.resolveSibling(name.substring(0, name.lastIndexOf('-')) + "-2"));
        assertTemporaryFolderFails(() -> registry.artifacts("iris").materialize())
                .hasMessageStartingWith("Cannot materialize 'iris:1.0.0'");
        assertThat(registry.artifacts("iris").materialize().resolve("model.bin"))
                .hasBinaryContent(new byte[100]);
    }

    @Test
    void aPinnedCopyGoesWithItsLastUser() {
        PinnedFolder one = registry.artifacts("iris").pin();
        PinnedFolder two = registry.artifacts("iris").pin();
        assertThat(two.path()).isEqualTo(one.path());
        one.close();
        one.close();
        assertThat(two.path().resolve("model.bin")).hasBinaryContent(new byte[100]);
        two.close();
        assertThat(two.path()).doesNotExist();
        Path kept = registry.artifacts("iris").materialize();
        registry.artifacts("iris").pin().close();
        assertThat(kept.resolve("model.bin")).hasBinaryContent(new byte[100]);
    }

    /** Two large files, each opened twice. */
    @Test
    void anObjectOfLargeFilesIsFetchedOnce() {
        byte[] large = new byte[17 << 20];
        AtomicInteger opened = new AtomicInteger();
        ForwardingNode counting = new ForwardingNode(new InMemoryStorageNode()) {
            @Override
            public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                    throws IOException {
                opened.addAndGet(key.name().endsWith(".part") ? 1 : 0);
                return super.open(key, range, unlessEtag);
            }
        };
        try (ModelRegistry other = ModelRegistries.builder(counting)
                .serializers(Serializers.of(new PartsSerializer()))
                .open()) {
            other.register(Registration.of("parts")
                    .file("a.part", large)
                    .file("b.part", large)
                    .framework("parts", "1")
                    .build());
            assertThat(other.load("parts", Parts.class)).isEqualTo(new Parts(4L * large.length));
        }
        assertThat(opened).hasValue(2);
    }

    private record Parts(long bytes) {}

    /** Looks at each file before it reads it. */
    private static final class PartsSerializer implements Serializer<Parts> {
        @Override
        public Framework framework() {
            return Framework.of("parts", "1");
        }

        @Override
        public Class<Parts> type() {
            return Parts.class;
        }

        @Override
        public void write(Parts model, ArtifactWriter out) {
            throw new AssertionError("It is only read");
        }

        @Override
        public Parts read(ArtifactReader in) throws IOException {
            long bytes = 0;
            for (int look = 0; look < 2; look++) {
                for (String file : in.files()) {
                    try (InputStream stream = in.open(file)) {
                        bytes += stream.readAllBytes().length;
                    }
                }
            }
            return new Parts(bytes);
        }
    }

    @Test
    void whatIsPinnedIsThereHoweverManyPinAndUnpin() throws Exception {
        Race.of(8).run(thread -> {
            for (int i = 0; i < 100; i++) {
                try (PinnedFolder pinned = registry.artifacts("iris").pin()) {
                    assertThat(pinned.path().resolve("model.bin")).hasSize(100);
                }
            }
            return thread;
        });
        try (PinnedFolder last = registry.artifacts("iris").pin();
                var all = Files.list(last.path().resolveSibling("."))) {
            assertThat(all).as("no copy is left behind").hasSize(1);
        }
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
