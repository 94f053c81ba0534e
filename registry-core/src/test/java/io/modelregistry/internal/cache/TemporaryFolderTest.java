package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.TemporaryFolderException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose temporary files go, and when. */
@Timeout(300)
class TemporaryFolderTest {
    private static final String DEAD = "model-registry-1-2-00000000-0000-0000-0000-000000000000";

    @TempDir
    Path parent;

    private TemporaryFolder folder() {
        return new TemporaryFolder(parent, Disk.LOCAL);
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            return all.toList();
        }
    }

    /** Another process that uses a temporary folder until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            Path path = new TemporaryFolder(Path.of(arguments[0]), Disk.LOCAL).path();
            Files.writeString(Files.createDirectory(path.resolve("model")).resolve("weights"), "many bytes");
            System.out.println(path);
            System.out.flush();
            if (System.in.read() < 0) {
                return;
            }
        }
    }

    @Test
    void whatAKilledProcessLeftGoesWithTheNextUseAndNotBefore() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Path theirs = Path.of(output.readLine());
            try (TemporaryFolder ours = folder()) {
                ours.path();
                assertThat(theirs.resolve("model/weights")).as("it lives").hasContent("many bytes");
            }
            process.toHandle().destroyForcibly();
            process.onExit().join();
            assertThat(theirs).exists();
            try (TemporaryFolder ours = folder()) {
                assertThat(left()).as("nothing is deleted before the first use").hasSize(2);
                Path path = ours.path();
                assertThat(left()).containsExactlyInAnyOrder(path, HeldFolder.lockFile(path));
            }
            assertThat(left()).isEmpty();
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void registriesOfOneProcessDoNotSweepEachOther() throws IOException {
        try (TemporaryFolder one = folder();
                TemporaryFolder other = folder()) {
            Path first = one.path();
            assertThat(other.path()).isNotEqualTo(first);
            assertThat(first).exists();
            assertThat(one.path()).isEqualTo(first);
        }
    }

    @Test
    void whatCannotBeToldToBeADeadProcessesIsLeftAlone() throws IOException {
        List<Path> kept = List.of(
                Files.createDirectory(parent.resolve(DEAD)), // Cleaners of old files delete locks of who lives.
                Files.createDirectory(parent.resolve("model-registry-123456789")),
                Files.createFile(parent.resolve("model-registry-thesis.lock")),
                Files.createFile(parent.resolve("model-registry-1-2-3.lock")));
        try (TemporaryFolder ours = folder()) {
            ours.path();
        }
        assertThat(left()).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void whatAnotherUserLeftIsLeftAlone() throws IOException {
        assumeTrue(
                parent.getFileSystem().supportedFileAttributeViews().contains("unix"),
                "the file system has no POSIX owners");
        Path lockFile = Files.createFile(parent.resolve(DEAD + ".lock"));
        Path folder = Files.createDirectory(parent.resolve(DEAD));
        for (Path theirs : List.of(lockFile, folder)) {
            try {
                Files.setAttribute(theirs, "unix:uid", 12345);
            } catch (IOException e) {
                assumeTrue(false, "only root can give a file away");
            }
            try (TemporaryFolder ours = folder()) {
                ours.path();
            }
            assertThat(lockFile).exists();
            assertThat(folder).exists();
            Files.setAttribute(theirs, "unix:uid", 0);
        }
        try (TemporaryFolder ours = folder()) {
            ours.path();
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void aFolderThatSomebodyDeletedIsMadeAgain() throws IOException {
        try (TemporaryFolder ours = folder()) {
            Path path = ours.path();
            Files.delete(path);
            Files.delete(HeldFolder.lockFile(path));
            assertThat(ours.path()).isDirectory();
            assertThat(HeldFolder.lockFile(ours.path())).exists();
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void aFullDiskIsNamedAsThatOfTheTemporaryFolderAndLeavesNothing() throws IOException {
        TemporaryFolder full = new TemporaryFolder(parent, new Disk() {
            @Override
            public void createFolder(Path folder) throws IOException {
                throw new FileSystemException(folder.toString(), null, "No space left on device");
            }
        });
        assertThatThrownBy(full::path)
                .isInstanceOfSatisfying(
                        IOException.class,
                        e -> assertThat(full.failed("load 'iris'", e))
                                .isInstanceOfSatisfying(TemporaryFolderException.class, failed -> {
                                    assertThat(failed.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                                    assertThat(failed.folder()).isEqualTo(parent);
                                })
                                .hasMessageStartingWith("Cannot load 'iris': the temporary folder '" + parent)
                                .hasMessageContaining("No space left on device")
                                .hasMessageContaining("java.io.tmpdir")
                                .hasMessageContaining("a local cache"));
        assertThat(left()).isEmpty();
        full.close();
        assertThat(full.failed("load 'iris'", new IOException("gone"))).isInstanceOf(RegistryClosedException.class);
        assertThatThrownBy(full::path).isInstanceOf(RegistryClosedException.class);
    }
}
