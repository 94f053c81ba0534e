package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelregistry.ModelRegistries;
import io.modelregistry.cache.LocalCache;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.ForwardingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cache promises to several processes, and after a kill. */
@Timeout(300)
class CacheProcessesTest {
    private static final int SIZE = 1 << 20;
    private static final String UNBOUNDED = Long.toString(1L << 40);

    @TempDir
    Path temporary;

    private Path root() {
        return temporary.resolve("registry");
    }

    private Path cache() {
        return temporary.resolve("cache");
    }

    private static byte[] content(int version) {
        byte[] bytes = new byte[SIZE];
        new Random(version).nextBytes(bytes);
        return bytes;
    }

    private void register(int versions) {
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(root()))) {
            for (int i = 0; i < versions; i++) {
                registry.register(Registration.of("iris")
                        .version("1." + i + ".0")
                        .file("model.bin", content(i))
                        .build());
            }
        }
    }

    private ModelRegistry open(long maxBytes) {
        return ModelRegistries.builder(new ForwardingNode(FileSystemStorageNode.at(root())))
                .cache(LocalCache.at(cache()).maxBytes(maxBytes))
                .open();
    }

    private static void assertServes(ModelRegistry registry, int version) {
        Path folder = registry.artifacts("iris:1." + version + ".0").materialize();
        assertThat(folder.resolve("model.bin")).hasBinaryContent(content(version));
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> all = Files.walk(cache().resolve(part))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private final class Worker implements AutoCloseable {
        private final Process process;
        private final Path errors;
        private final BufferedReader output;

        Worker(List<String> before, String maxBytes, long pauseNanos, String... versions) throws IOException {
            errors = Files.createTempFile(temporary, "worker", ".log");
            List<String> command = new ArrayList<>(before);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), CacheWorker.class.getName()));
            command.addAll(List.of(root().toString(), cache().toString(), maxBytes, Long.toString(pauseNanos)));
            command.addAll(List.of(versions));
            process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        void awaitReady() throws IOException {
            assertThat(output.readLine())
                    .as(() -> "the worker says: " + errors())
                    .isEqualTo(CacheWorker.READY);
        }

        /** Lets it begin, and later end. */
        void go() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        String nextLine() throws IOException {
            return output.readLine();
        }

        /** What it says until it has what it wants; it keeps that until it is killed or let go. */
        List<String> untilDone() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); !"done".equals(line); line = output.readLine()) {
                assertThat(line).as(() -> "the worker says: " + errors()).isNotNull();
                lines.add(line);
            }
            return lines;
        }

        private String errors() {
            try {
                return Files.readString(errors);
            } catch (IOException e) {
                return e.toString();
            }
        }

        void kill() throws InterruptedException {
            process.toHandle().destroyForcibly();
            process.waitFor();
        }

        @Override
        public void close() {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void processesThatAskAtOnceDownloadEachFileOnce() throws Exception {
        register(3);
        List<Worker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                workers.add(new Worker(List.of(), UNBOUNDED, 5_000_000, "iris:1.0.0", "iris:1.1.0", "iris:1.2.0"));
            }
            for (Worker worker : workers) {
                worker.awaitReady();
            }
            for (Worker worker : workers) {
                worker.go();
            }
            List<String> lines = new ArrayList<>();
            for (Worker worker : workers) {
                lines.addAll(worker.untilDone());
            }
            assertThat(lines.stream().filter(line -> line.startsWith("transfer ")))
                    .hasSize(3);
            assertThat(lines.stream().filter(line -> line.startsWith("has "))).hasSize(12);
            for (Worker worker : workers) {
                worker.go();
                assertThat(worker.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(worker.process.exitValue()).as(worker.errors()).isZero();
            }
        } finally {
            workers.forEach(Worker::close);
        }
        assertThat(files("sessions")).isEmpty();
        assertThat(files("contents")).hasSize(3);
    }

    @Test
    void whatAnotherProcessUsesStaysUntilItIsKilled() throws Exception {
        register(6);
        long bound = 3 * SIZE + 100_000;
        try (Worker user = new Worker(List.of(), Long.toString(bound), 0, "iris:1.0.0")) {
            user.awaitReady();
            user.go();
            Path used = Path.of(user.untilDone().get(1).substring("has ".length()));
            for (int round = 0; round < 2; round++) {
                for (int version = 1; version < 6; version++) {
                    try (ModelRegistry registry = open(bound)) {
                        assertServes(registry, version);
                    }
                }
            }
            assertThat(used.resolve("model.bin")).hasBinaryContent(content(0));
            assertThat(contentFile(0)).exists();
            user.kill();
            assertThat(used).exists();
            for (int version = 1; version < 6; version++) {
                try (ModelRegistry registry = open(bound)) {
                    assertServes(registry, version);
                }
            }
            assertThat(used).doesNotExist();
            assertThat(contentFile(0)).doesNotExist();
        }
    }

    /** Looking at its own session's lock would drop it: POSIX frees all locks with any descriptor of the file. */
    @Test
    void registriesOfOneProcessDoNotGiveAwayEachOthersFiles() throws Exception {
        register(2);
        try (ModelRegistry first = open(1L << 40)) {
            Path used = first.artifacts("iris:1.0.0").materialize();
            try (ModelRegistry second = open(1L << 40)) {
                assertServes(second, 1);
            }
            try (Worker other = new Worker(List.of(), UNBOUNDED, 0, "iris:1.1.0")) {
                other.awaitReady();
                other.go();
                assertThat(other.untilDone()).noneMatch(line -> line.startsWith("transfer "));
            }
            assertThat(used.resolve("model.bin")).hasBinaryContent(content(0));
        }
    }

    private Path contentFile(int version) {
        String hex = Digest.sha256(content(version)).hex();
        return cache().resolve("contents").resolve(hex.substring(0, 2)).resolve(hex);
    }

    @Test
    void aKillInTheMiddleOfAFillLeavesAUsableCache() throws Exception {
        kill(10);
    }

    @Test
    @Tag("long")
    void threeHundredKillsLeaveAUsableCache() throws Exception {
        kill(100);
    }

    /** Three processes in each round, killed at a random moment, or in every second round while one fetches. */
    private void kill(int rounds) throws Exception {
        register(3);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int cut = 0;
        for (int round = 0; round < rounds; round++) {
            List<Worker> workers = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    workers.add(new Worker(List.of(), UNBOUNDED, 4_000_000, "iris:1.0.0", "iris:1.1.0", "iris:1.2.0"));
                }
                for (Worker worker : workers) {
                    worker.awaitReady();
                }
                for (Worker worker : workers) {
                    worker.go();
                }
                if (round % 2 == 0) {
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(2))
                            .atMost(Duration.ofSeconds(60))
                            .until(this::isFilling);
                } else {
                    boolean ended = workers.get(0).process.waitFor(random.nextInt(500), TimeUnit.MILLISECONDS);
                    assertThat(ended).isFalse();
                }
                for (Worker worker : workers) {
                    worker.kill();
                }
                cut += isFilling() ? 1 : 0;
            } finally {
                workers.forEach(Worker::close);
            }
            checkUsable(seed, round);
        }
        assertThat(cut)
                .as("rounds that were cut in the middle, with seed %s", seed)
                .isPositive();
    }

    private boolean isFilling() throws IOException {
        return files("sessions").stream().anyMatch(file -> file.toString().contains("filling"));
    }

    private void checkUsable(long seed, int round) throws IOException {
        for (Path file : files("contents")) {
            assertThat(Digest.sha256(Files.readAllBytes(file)).hex())
                    .as("seed %s, round %s", seed, round)
                    .isEqualTo(file.getFileName().toString());
        }
        try (ModelRegistry registry = open(1L << 40)) {
            for (int version = 0; version < 3; version++) {
                assertServes(registry, version);
            }
        }
        assertThat(files("sessions")).as("seed %s, round %s", seed, round).isEmpty();
        deleteContents();
    }

    private void deleteContents() throws IOException {
        for (Path file : files("contents")) {
            Files.delete(file);
        }
    }

    @Test
    void filesOfThisHostAreUsedInPlaceAndNotCached() {
        register(1);
        try (ModelRegistry registry = ModelRegistries.builder(FileSystemStorageNode.at(root()))
                .cache(LocalCache.at(cache()))
                .open()) {
            assertThat(registry.artifacts("iris").materialize())
                    .isEqualTo(root().toAbsolutePath().resolve("models/iris/1.0.0"));
        }
        assertThat(cache()).doesNotExist();
    }

    @Test
    void aDiskThatIsFullInTheMiddleLeavesNothing() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "a limit on the size of files needs a shell");
        register(1);
        List<String> limited = List.of("/bin/bash", "-c", "ulimit -f 512; exec \"$@\"", "limited");
        try (Worker worker = new Worker(limited, UNBOUNDED, 0, "iris:1.0.0", "iris:1.0.0")) {
            worker.awaitReady();
            worker.go();
            List<String> lines = worker.untilDone();
            assertThat(lines.stream().filter(line -> line.startsWith("failed")))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("failed UNAVAILABLE Cannot use the local cache '" + cache())
                            .contains("the disk failed (")
                            .contains("expected a disk with room"));
            assertThat(files("contents")).isEmpty();
            assertThat(files("sessions")).hasSize(1); // Its lock.
        }
        try (ModelRegistry registry = open(1L << 40)) {
            assertServes(registry, 0);
        }
    }
}
