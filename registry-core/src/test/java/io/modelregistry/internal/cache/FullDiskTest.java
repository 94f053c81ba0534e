package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.internal.cache.CacheSettings.Reports;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cache is good for while its disk takes nothing. */
class FullDiskTest {
    private static final int SIZE = 100_000;

    @TempDir
    Path temporary;

    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final FullDisk disk = new FullDisk();

    /** Has no room from a moment on. */
    private static final class FullDisk implements Disk {
        private boolean full;

        void fill() {
            full = true;
        }

        void empty() {
            full = false;
        }

        private void take(Path what) throws IOException {
            if (full) {
                throw new FileSystemException(what.toString(), null, "No space left on device");
            }
        }

        @Override
        public void createFile(Path file) throws IOException {
            take(file);
            Disk.super.createFile(file);
        }

        @Override
        public void createFolder(Path folder) throws IOException {
            take(folder);
            Disk.super.createFolder(folder);
        }
    }

    private Path folder() {
        return temporary.resolve("cache");
    }

    private static byte[] content(String name) {
        byte[] bytes = new byte[SIZE];
        new Random(name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void fill() {
        for (String name : List.of("iris", "rose")) {
            try (ModelRegistry registry =
                    ModelRegistries.builder(node).leaveNodeOpen().open()) {
                registry.register(
                        Registration.of(name).file("model.bin", content(name)).build());
            }
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static final class Silent implements Reports {
        @Override
        public void offline(String why) {}

        @Override
        public void online() {}
    }

    private ModelRegistry open(Reach reach) {
        CacheSettings settings = new CacheSettings(folder(), 3 * SIZE, reach, new Silent(), Clock.systemUTC());
        return ModelRegistries.builder(CachingNode.open(new ForwardingNode(node), () -> {}, settings, disk))
                .open();
    }

    private static Path materialized(ModelRegistry registry, String ref) {
        return registry.artifacts(ref).materialize().resolve("model.bin");
    }

    private List<Path> left(String part) throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve(part))) {
            return all.skip(1).toList();
        }
    }

    @Test
    void aCompleteCacheOpensAndServesWithoutTheStore() throws IOException {
        try (ModelRegistry registry = open(Reach.STORE)) {
            materialized(registry, "iris");
        }
        disk.fill();
        try (ModelRegistry registry = open(Reach.CACHE_ONLY)) {
            assertThat(registry.get("iris").version()).hasToString("1.0.0");
            try (InputStream in = registry.artifacts("iris").open(ArtifactPath.of("model.bin"))) {
                assertThat(in.readAllBytes()).isEqualTo(content("iris"));
            }
            Path file = materialized(registry, "iris");
            assertThat(file).hasBinaryContent(content("iris"));
            assertThat(materialized(registry, "iris")).isEqualTo(file);
            assertThat(file.startsWith(folder())).isFalse();
            assertThat(left("sessions")).isEmpty();
        }
    }

    /** Others may delete what no session holds: what was handed out must not depend on it. */
    @Test
    void whatIsHandedOutStaysWhenOthersDeleteAllThatIsNotInUse() throws IOException {
        try (ModelRegistry registry = open(Reach.STORE)) {
            materialized(registry, "iris");
        }
        disk.fill();
        try (ModelRegistry registry = open(Reach.STORE)) {
            Path file = materialized(registry, "iris");
            HeldFolder.delete(folder().resolve("contents"));
            assertThat(file).hasBinaryContent(content("iris"));
        }
    }

    @Test
    void aSessionThatTheDiskFillsUpUnderServesWhatTheCacheHas() throws IOException {
        try (ModelRegistry registry = open(Reach.STORE)) {
            materialized(registry, "iris");
        }
        try (ModelRegistry registry = open(Reach.STORE)) {
            materialized(registry, "rose");
            disk.fill();
            assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris"));
        }
    }

    @Test
    void whatNeedsBytesIsRefusedUntilThereIsRoom() throws IOException {
        try (ModelRegistry registry = open(Reach.STORE)) {
            materialized(registry, "iris");
        }
        disk.fill();
        try (ModelRegistry registry = open(Reach.STORE)) {
            assertThatThrownBy(() -> materialized(registry, "rose"))
                    .isInstanceOfSatisfying(
                            LocalCacheException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("the local cache '" + folder())
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("expected a disk with room");
            assertThat(left("sessions")).isEmpty();
            disk.empty();
            assertThat(materialized(registry, "rose"))
                    .hasBinaryContent(content("rose"))
                    .satisfies(file ->
                            assertThat(file.startsWith(folder().toRealPath())).isTrue());
        }
    }

    @Test
    void aFolderThatIsNoCacheYetIsRefused() {
        disk.fill();
        assertThatThrownBy(() -> open(Reach.STORE))
                .isInstanceOfSatisfying(
                        LocalCacheException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("the local cache '" + folder())
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("expected a disk with room");
    }
}
