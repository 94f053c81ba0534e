package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StorageFailedException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the cache promises of the files of versions. */
class CachedFilesTest extends CacheSubject {
    private static final int SIZE = 300_000;

    private static Path materialized(ModelRegistry registry, String ref) {
        return registry.artifacts(ref).materialize().resolve("model.bin");
    }

    @Test
    void aSecondRegistryTransfersNoFileAgain() {
        register("iris", "1.0.0", SIZE);
        try (ModelRegistry first = open()) {
            assertThat(materialized(first, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
        }
        assertThat(transfers()).containsExactly("read models/iris/1.0.0/model.bin");
        assertThat(materialized(open(), "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(transfers()).isEmpty();
    }

    @Test
    void aColdStartOnAWarmCacheAsksTwiceAndTransfersNoModel() {
        register("iris", "1.0.0", SIZE);
        open().artifacts("iris").materialize();
        remote.requests();
        open().artifacts("iris").materialize();
        assertThat(remote.requests())
                .containsExactly("read models/_meta/_registry.json", "same models/iris/_model.json");
    }

    @Test
    void oneContentIsKeptOnceForAllVersionsAndPaths() throws IOException {
        byte[] bytes = content("shared", SIZE);
        try (ModelRegistry registry = elsewhere()) {
            registry.register(Registration.of("a")
                    .file("x/weights", bytes)
                    .file("y", bytes)
                    .build());
            registry.register(Registration.of("b").file("z", bytes).build());
        }
        remote.requests();
        ModelRegistry registry = open();
        Path a = registry.artifacts("a").materialize();
        Path b = registry.artifacts("b").materialize();
        assertThat(a.resolve("x/weights")).hasBinaryContent(bytes);
        assertThat(a.resolve("y")).hasBinaryContent(bytes);
        assertThat(b.resolve("z")).hasBinaryContent(bytes);
        assertThat(transfers()).hasSize(1);
        assertThat(files("contents")).hasSize(1);
    }

    @Test
    void threadsAndRegistriesThatAskAtOnceDownloadOnce() throws Exception {
        register("iris", "1.0.0", SIZE);
        List<ModelRegistry> registries = List.of(open(), open(), open());
        ExecutorService pool = Executors.newFixedThreadPool(9);
        try {
            List<Callable<Path>> calls = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                ModelRegistry registry = registries.get(i % 3);
                calls.add(() -> materialized(registry, "iris"));
            }
            for (Future<Path> future : pool.invokeAll(calls)) {
                assertThat(future.get()).hasBinaryContent(content("iris1.0.0", SIZE));
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(transfers()).hasSize(1);
    }

    @Test
    void aFileIsNotVisibleBeforeAllOfItIsThere() throws Exception {
        register("iris", "1.0.0", SIZE);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ModelRegistry registry = open();
        registry.get("iris");
        remote.transfer(in -> new FilterInputStream(in) {
            private boolean waited;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = super.read(buffer, offset, Math.min(length, SIZE / 2));
                if (waited) {
                    return read;
                }
                waited = true;
                begun.countDown();
                try {
                    goOn.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return read;
            }
        });
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Path> folder = pool.submit(() -> materialized(registry, "iris"));
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(files("contents")).isEmpty();
            goOn.countDown();
            assertThat(folder.get()).hasBinaryContent(content("iris1.0.0", SIZE));
            assertThat(files("contents")).hasSize(1);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aDownloadThatFailsLeavesNothingAndCanBeRepeated() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        registry.get("iris");
        remote.cutAfter(SIZE / 2);
        refused(
                () -> materialized(registry, "iris"),
                StorageFailedException.class,
                ErrorCode.STORAGE,
                "materialize 'iris:1.0.0'",
                "connection reset");
        assertThat(files("contents")).isEmpty();
        assertThat(files("sessions")).hasSize(1); // The lock of the session.
        assertThat(files("locks"))
                .extracting(Path::getFileName)
                .containsExactly(Path.of("bytes"), Path.of("bytes.lock"));
        remote.transfer(in -> in);
        assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
    }

    @Test
    void whatTheStoreGivesDamagedIsNotKept() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        registry.get("iris");
        remote.transfer(in -> new FilterInputStream(in) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = super.read(buffer, offset, length);
                buffer[offset] ^= 1;
                return read;
            }
        });
        refused(
                () -> materialized(registry, "iris"),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                "'models/iris/1.0.0/model.bin'",
                "its digest is");
        assertThat(files("contents")).isEmpty();
    }

    @Test
    void aDamagedTruncatedOrDeletedContentIsFetchedAgainOnce() throws IOException {
        register("iris", "1.0.0", SIZE);
        open().artifacts("iris").materialize();
        assertThat(transfers()).hasSize(1);
        closeAll();
        Path content = files("contents").get(0);
        byte[] damaged = content("iris1.0.0", SIZE);
        damaged[SIZE / 2] ^= 4;
        List<Damage> damages =
                List.of(file -> replace(file, damaged), file -> replace(file, new byte[3]), Files::delete);
        for (Damage damage : damages) {
            damage.to(content);
            ModelRegistry registry = open();
            assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
            assertThat(transfers()).hasSize(1);
            assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
            assertThat(transfers()).isEmpty();
            assertThat(content).hasBinaryContent(content("iris1.0.0", SIZE));
            registry.close();
        }
    }

    @FunctionalInterface
    private interface Damage {
        void to(Path file) throws IOException;
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }

    @Test
    void aMaterializedFileThatSomebodyChangedOrDeletedIsMadeAgain() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        Path file = materialized(registry, "iris");
        Files.delete(file);
        assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(transfers()).hasSize(1);
        Path again = materialized(registry, "iris");
        assertThat(again.toFile().setWritable(true)).isTrue();
        Files.write(again, new byte[SIZE]);
        assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(transfers()).hasSize(1);
    }

    @Test
    void aCacheThatSomebodyDeletedIsMadeAgainByTheNextUse() throws IOException {
        register("iris", "1.0.0", SIZE);
        register("rose", "1.0.0", SIZE);
        ModelRegistry registry = open();
        materialized(registry, "iris");
        transfers();
        delete(folder());
        assertThat(materialized(registry, "rose")).hasBinaryContent(content("rose1.0.0", SIZE));
        assertThat(materialized(registry, "iris")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(transfers()).hasSize(2);
        assertThat(folder().resolve("format")).exists();
        assertThat(open().artifacts("rose").materialize().resolve("model.bin"))
                .hasBinaryContent(content("rose1.0.0", SIZE));
        assertThat(transfers()).as("files are kept again").isEmpty();
        registry.close();
        closeAll();
        assertThat(files("sessions")).isEmpty();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Without its lock a session counts as dead: others would delete what it holds. */
    @Test
    void aSessionWhoseLockSomebodyDeletedIsLockedAgainByTheNextUse() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        Path file = materialized(registry, "iris");
        Path lock = files("sessions").stream()
                .filter(path -> path.toString().endsWith(".lock"))
                .findFirst()
                .orElseThrow();
        Files.delete(lock);
        assertThat(materialized(registry, "iris")).isEqualTo(file);
        assertThat(lock).exists();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            assertThatThrownBy(channel::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    @Test
    void aPartOfTheCacheThatSomebodyDeletedIsMadeAgain() throws IOException {
        register("iris", "1.0.0", SIZE);
        register("rose", "1.0.0", SIZE);
        ModelRegistry registry = open();
        registry.get("rose");
        for (String part : List.of("locks", "contents", "documents", "sessions")) {
            materialized(registry, "iris");
            delete(folder().resolve(part));
            assertThat(materialized(registry, "rose")).hasBinaryContent(content("rose1.0.0", SIZE));
            assertThat(folder().resolve(part)).isDirectory();
            registry.close();
            registry = open();
        }
    }

    @Test
    void aDeletedCacheIsCheckedAsANewOneBeforeItIsUsedAgain() throws IOException {
        assumeTrue(
                temporary.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "the file system has no POSIX permissions");
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        materialized(registry, "iris");
        delete(folder());
        Files.createDirectory(folder());
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(
                () -> materialized(registry, "iris"),
                LocalCacheException.class,
                ErrorCode.DENIED,
                "other users can write");
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void aFolderHoldsExactlyTheFilesEvenIfSomebodyAddsOne() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        Path folder = registry.artifacts("iris").materialize();
        assertThat(registry.artifacts("iris").materialize()).isEqualTo(folder);
        Files.writeString(folder.resolve("evil.py"), "import os");
        Path other = registry.artifacts("iris").materialize();
        assertThat(other.resolve("evil.py")).doesNotExist();
        assertThat(other.resolve("model.bin")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(folder.resolve("model.bin")).exists();
    }

    @Test
    void aStreamComesFromTheCacheIfItIsThere() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        try (InputStream in = registry.artifacts("iris").open(ArtifactPath.of("model.bin"))) {
            assertThat(in.readAllBytes()).isEqualTo(content("iris1.0.0", SIZE));
        }
        assertThat(transfers()).hasSize(1);
        registry.artifacts("iris").materialize();
        transfers();
        try (InputStream in = registry.artifacts("iris").open(ArtifactPath.of("model.bin"))) {
            assertThat(in.readAllBytes()).isEqualTo(content("iris1.0.0", SIZE));
        }
        assertThat(transfers()).isEmpty();
    }

    @Test
    void theFilesOfARegistryAreGoneWhenItIsClosedAndTheContentsStay() throws IOException {
        register("iris", "1.0.0", SIZE);
        ModelRegistry registry = open();
        Path file = materialized(registry, "iris");
        registry.close();
        assertThat(file).doesNotExist();
        assertThat(files("sessions")).isEmpty();
        assertThat(files("contents")).hasSize(1);
        assertThatThrownBy(() -> materialized(registry, "iris"))
                .isInstanceOf(io.modelregistry.registry.RegistryClosedException.class);
    }
}
