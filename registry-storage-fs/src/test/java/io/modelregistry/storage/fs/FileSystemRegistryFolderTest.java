package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.storage.StorageReadOnlyException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a registry in a folder does with the folder. */
@Timeout(120)
class FileSystemRegistryFolderTest {
    @TempDir
    private Path temporary;

    private Path root;

    @BeforeEach
    void chooseRoot() {
        root = temporary.resolve("registry");
    }

    private static ModelRegistry open(Path root) {
        return ModelRegistries.open(FileSystemStorageNode.at(root));
    }

    private static Registration iris(String content) {
        return Registration.of("iris")
                .file("sub/model.bin", content.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .build();
    }

    private Path stored() {
        return root.resolve("models/iris/1.0.0/sub/model.bin");
    }

    /** All files with their bytes, one character a byte. */
    private static SortedMap<String, String> files(Path folder) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }

    @Test
    void materializesInPlaceWithoutACopy() throws IOException {
        try (ModelRegistry registry = open(root)) {
            registry.register(iris("weights"));
            SortedMap<String, String> before = files(root);
            Path folder = registry.artifacts("iris").materialize();
            assertThat(folder).isEqualTo(root.toRealPath().resolve("models/iris/1.0.0"));
            assertThat(registry.artifacts("iris").materialize()).isEqualTo(folder);
            assertThat(files(root)).isEqualTo(before);
        }
        assertThat(stored()).hasContent("weights");
    }

    @Test
    void verifiesOnceAndAgainWhenTheFileMayHaveChanged() throws IOException {
        try (ModelRegistry registry = open(root)) {
            registry.register(iris("weights"));
            registry.artifacts("iris").materialize();
            FileTime modified = Files.getLastModifiedTime(stored());
            Files.writeString(stored(), "wEights");
            Files.setLastModifiedTime(stored(), modified);
            assertThatThrownBy(() -> registry.artifacts("iris").materialize())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("'models/iris/1.0.0/sub/model.bin'")
                    .hasMessageContaining("its digest is sha256:");
            Files.writeString(stored(), "weights");
            registry.artifacts("iris").materialize();
            Files.delete(stored());
            Files.createSymbolicLink(stored(), Files.writeString(temporary.resolve("secret"), "weights"));
            assertThatThrownBy(() -> registry.artifacts("iris").materialize()).isInstanceOf(RegistryException.class);
            assertThatThrownBy(() -> registry.artifacts("iris").open(ArtifactPath.of("sub/model.bin")))
                    .isInstanceOf(RegistryException.class);
        }
    }

    @Test
    void usesACopyWithoutTheFilesThatOthersPutIntoTheFolder() throws IOException {
        try (ModelRegistry registry = open(root)) {
            registry.register(iris("weights"));
            Path foreign = Files.writeString(stored().resolveSibling("model.py"), "import os");
            Path copy = registry.artifacts("iris").materialize();
            assertThat(copy.startsWith(root.toRealPath())).isFalse();
            assertThat(files(copy)).containsOnlyKeys("sub/model.bin");
            Files.delete(foreign);
            assertThat(registry.artifacts("iris").materialize())
                    .isEqualTo(root.toRealPath().resolve("models/iris/1.0.0"));
            Path hidden = Files.writeString(stored().resolveSibling(".hidden"), "x");
            assertThat(registry.artifacts("iris").materialize()).isEqualTo(copy);
            Files.delete(hidden);
            Files.createSymbolicLink(stored().resolveSibling("link"), Path.of("model.bin"));
            assertThat(registry.artifacts("iris").materialize()).isEqualTo(copy);
        }
    }

    @Test
    void aFolderIsCopiedAndMovedAsAWhole() throws IOException {
        try (ModelRegistry registry = open(root)) {
            registry.register(iris("weights"));
            registry.promote("iris", Stage.PRODUCTION);
        }
        Path moved = Files.move(root, temporary.resolve("moved"));
        try (ModelRegistry registry = ModelRegistries.open(moved.toUri())) {
            assertThat(registry.get("iris@production").version()).hasToString("1.0.0");
            registry.register(iris("better"));
        }
    }

    @Test
    void foreignFilesInTheRootDisturbNobody() throws IOException {
        Files.createDirectories(root.resolve("models/.git"));
        Files.writeString(root.resolve("models/.git/config"), "x");
        Files.writeString(root.resolve("models/README.md"), "x");
        Files.createDirectories(root.resolve("models/Old Stuff/1.0.0"));
        Files.writeString(root.resolve("models/Old Stuff/1.0.0/m"), "x");
        Files.createSymbolicLink(root.resolve("models/linked"), temporary);
        try (ModelRegistry registry = open(root)) {
            registry.register(iris("weights"));
            assertThat(registry.models(ModelQuery.all()).items())
                    .extracting(model -> model.name().toString())
                    .containsExactly("iris");
        }
    }

    @Test
    void aRootThatIsAFileIsRefused() throws IOException {
        Files.writeString(root, "not a folder");
        assertThatThrownBy(() -> open(root))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("not a folder")
                .hasMessageNotContaining(temporary.toString());
        assertThatThrownBy(() -> ModelRegistries.open(URI.create("nfs://host/x")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("nfs:")
                .hasMessageContaining("file");
    }

    @Test
    void aReadOnlyDiskIsReadAndTakesNoChange() throws Exception {
        try (Mounted disk = Mounted.at(Files.createDirectories(root), 4)) {
            try (ModelRegistry registry = open(root)) {
                registry.register(iris("weights"));
            }
            disk.remount("ro");
            SortedMap<String, String> before = files(root);
            try (ModelRegistry registry = open(root)) {
                assertThat(registry.get("iris").version()).hasToString("1.0.0");
                assertThat(registry.artifacts("iris").materialize()).isDirectory();
                for (Runnable change : List.<Runnable>of(
                        () -> registry.register(iris("other")),
                        () -> registry.promote("iris", Stage.PRODUCTION),
                        () -> registry.aliases("iris").set("champion", "1.0.0"),
                        () -> registry.edit("iris").retire("x"),
                        () -> registry.attachments("iris").add("scan", "text/plain", new byte[1]))) {
                    assertThatThrownBy(change::run)
                            .isInstanceOf(StorageFailedException.class)
                            .hasMessageContaining("iris")
                            .hasMessageContaining("read-only, expected one that takes writes")
                            .hasMessageNotContaining(temporary.toString())
                            .hasCauseInstanceOf(StorageReadOnlyException.class)
                            .satisfies(e ->
                                    assertThat(((RegistryException) e).code()).isEqualTo(ErrorCode.DENIED));
                }
                assertThat(registry.history("iris").all()).hasSize(1);
            }
            assertThat(files(root)).isEqualTo(before);
        }
    }

    @Test
    void aFullDiskRefusesAVersionAndKeepsTheOthers() throws Exception {
        byte[] large = new byte[3 << 20];
        Arrays.fill(large, (byte) 1);
        Registration tooLarge = Registration.of("iris").file("large.bin", large).build();
        try (Mounted disk = Mounted.at(Files.createDirectories(root), 2)) {
            try (ModelRegistry registry = open(root)) {
                registry.register(iris("weights"));
                long space = root.toFile().getUsableSpace();
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> registry.register(tooLarge))
                            .isInstanceOf(StorageFailedException.class)
                            .hasMessageContaining("'iris'")
                            .hasMessageContaining("No space left on device")
                            .hasMessageNotContaining(temporary.toString());
                }
                assertThat(registry.getModel("iris").versionCount()).isEqualTo(1);
                assertThat(space - root.toFile().getUsableSpace()).isLessThan(100_000);
                registry.promote("iris:1.0.0", Stage.PRODUCTION);
                disk.remount("size=16m");
                String version = registry.register(tooLarge).version().toString();
                try (InputStream in = registry.artifacts("iris:" + version).open(ArtifactPath.of("large.bin"))) {
                    assertThat(in.readAllBytes()).isEqualTo(large);
                }
            }
        }
    }

    @Test
    void aDiskThatFillsUpInTheMiddleOfAnythingLosesNothing() throws Exception {
        try (Mounted disk = Mounted.at(Files.createDirectories(root), 1)) {
            int acknowledged = 0;
            boolean full = false;
            try (ModelRegistry registry = open(root)) {
                while (!full) {
                    try {
                        registry.register(iris("content " + acknowledged));
                        acknowledged++;
                        registry.promote("iris#" + acknowledged, Stage.PRODUCTION);
                    } catch (RegistryException e) {
                        assertThat(e.code()).isIn(ErrorCode.STORAGE, ErrorCode.OUTCOME_UNKNOWN);
                        assertThat(e).hasStackTraceContaining("No space left on device");
                        full = true;
                    }
                }
            }
            assertThat(acknowledged).isGreaterThan(5);
            try (ModelRegistry registry = open(root)) {
                assertThat(registry.getModel("iris").versionCount()).isBetween((long) acknowledged, acknowledged + 1L);
                long revision = registry.getModel("iris").revision();
                assertThat(registry.history("iris").all()).hasSize((int) revision);
                disk.remount("size=4m");
                registry.register(iris("after"));
                assertThat(registry.history("iris").all()).hasSizeGreaterThan((int) revision);
            }
        }
    }

    /** A small disk of its own, which only root can mount; tests that need one are skipped without. */
    private record Mounted(Path folder) implements AutoCloseable {
        static Mounted at(Path folder, int mebibytes) {
            Assumptions.assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString()),
                    "this process may mount");
            return new Mounted(folder);
        }

        void remount(String option) {
            assertThat(run("mount", "-o", "remount," + option, folder.toString()))
                    .isTrue();
        }

        private static boolean run(String... command) {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() {
            assertThat(run("umount", folder.toString()) || run("umount", "-l", folder.toString()))
                    .isTrue();
        }
    }
}
