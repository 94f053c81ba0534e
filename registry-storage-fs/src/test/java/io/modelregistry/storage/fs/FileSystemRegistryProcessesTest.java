package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes change one model at once, or are killed while they do: nothing that was acknowledged is lost. */
@Timeout(600)
class FileSystemRegistryProcessesTest {
    private static final ModelName SHARED = ModelName.parse(FileSystemRegistryWorker.MODEL);

    @TempDir
    private Path folder;

    /** A process of {@link FileSystemRegistryWorker}, and what it has acknowledged. */
    private static final class Worker implements AutoCloseable {
        private final Process process;
        private final Path errors;
        private final BufferedReader output;

        Worker(Path root, String name, int threads, int rounds) throws IOException {
            errors = Files.createTempFile(root.getParent(), "worker", ".log");
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FileSystemRegistryWorker.class.getName(),
                            root.toString(),
                            name,
                            Integer.toString(threads),
                            Integer.toString(rounds))
                    .redirectError(errors.toFile())
                    .start();
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        void begin() throws IOException {
            assertThat(output.readLine())
                    .as(() -> "the worker says: " + errors())
                    .isEqualTo(FileSystemRegistryWorker.READY);
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
        }

        List<String> acknowledged() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
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

        List<String> finish() throws Exception {
            List<String> lines = acknowledged();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(errors()).isZero();
            return lines;
        }

        @Override
        public void close() {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void fourProcessesOfFourThreadsLoseNoUpdate() throws Exception {
        race(5);
    }

    @Test
    @Tag("long")
    void twoThousandRegistrationsAndPromotionsLoseNoUpdate() throws Exception {
        race(63);
    }

    private void race(int rounds) throws Exception {
        Path root = folder.resolve("registry");
        List<Worker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                workers.add(new Worker(root, "p" + i, 4, rounds));
            }
            for (Worker worker : workers) {
                worker.begin();
            }
            List<String> acknowledged = new ArrayList<>();
            for (Worker worker : workers) {
                acknowledged.addAll(worker.finish());
            }
            int versions = 16 * rounds;
            assertThat(acknowledged.stream().filter(line -> line.startsWith("registered ")))
                    .hasSize(versions);
            assertThat(acknowledged.stream().filter(line -> line.startsWith("promoted ")))
                    .hasSize(versions);
            try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(root))) {
                assertThat(registry.getModel("shared").versionCount()).isEqualTo(versions);
                assertThat(registry.getModel("shared").revision()).isEqualTo(acknowledged.size());
                checkAcknowledged(registry, acknowledged);
            }
            try (FileSystemStorageNode node = FileSystemStorageNode.at(root)) {
                VerificationReport report = RegistryMaintenance.over(node).verify();
                assertThat(report.isSound()).as(report.toString()).isTrue();
            }
        } finally {
            workers.forEach(Worker::close);
        }
    }

    @Test
    void whatAKilledProcessHasAcknowledgedIsThere() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path root = folder.resolve("registry");
        List<String> acknowledged = new ArrayList<>();
        for (int kill = 0; kill < 10; kill++) {
            try (Worker worker = new Worker(root, "k" + kill, 2, 1000)) {
                worker.begin();
                int before = random.nextInt(12);
                for (int i = 0; i < before; i++) {
                    acknowledged.add(worker.output.readLine());
                }
                boolean ended = worker.process.waitFor(random.nextInt(30_000), TimeUnit.MICROSECONDS);
                assertThat(ended).as(worker::errors).isFalse();
                worker.process.toHandle().destroyForcibly(); // Keeps what was printed readable.
                worker.process.waitFor();
                acknowledged.addAll(worker.acknowledged());
            }
            // A line that was cut off says nothing.
            acknowledged.removeIf(line -> line.split(" ").length != 3);
            try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(root))) {
                if (!acknowledged.isEmpty()) {
                    checkAcknowledged(registry, acknowledged);
                }
            } catch (AssertionError e) {
                throw new AssertionError("With seed " + seed + ", after kill " + kill, e);
            }
        }
        assertThat(acknowledged).as("seed %s", seed).hasSizeGreaterThan(20);
    }

    /** Every acknowledged change is in the state and in the history, which has no gap. */
    private static void checkAcknowledged(ModelRegistry registry, List<String> acknowledged) throws IOException {
        RegisteredModel model = registry.getModel("shared");
        List<RegistryEvent> events = registry.history("shared").all();
        assertThat(events)
                .extracting(RegistryEvent::revision)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, model.revision()).boxed().toList());
        Map<String, VersionSummary> versions = versions(registry);
        assertThat(versions).hasSize((int) model.versionCount());
        assertThat(versions.values()).extracting(VersionSummary::sequence).doesNotHaveDuplicates();
        Map<String, RegistryEvent> byReason = new HashMap<>();
        for (RegistryEvent event : events) {
            byReason.put(event.change().getClass().getSimpleName() + " " + event.reason(), event);
        }
        Map<String, String> aliases = new HashMap<>();
        for (String line : acknowledged) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "registered" -> {
                    checkContent(registry, words[1], words[2]);
                    assertThat(byReason).containsKey("VersionPublished " + words[2]);
                }
                case "promoted" -> assertThat(byReason).containsKey("StagesChanged " + words[2]);
                case "aliased" -> aliases.put(words[1], words[2]);
                case "edited" -> assertThat(model.facts().fields()).containsKey(words[1]);
                default -> throw new AssertionError("The worker said " + line);
            }
        }
        aliases.keySet().forEach(alias -> assertThat(model.aliases()).containsKey(Alias.of(alias)));
        assertOneInProduction(registry, events);
    }

    private static void checkContent(ModelRegistry registry, String version, String content) throws IOException {
        try (InputStream in = registry.artifacts("shared:" + version).open(ArtifactPath.of("model.bin"))) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo(content);
        }
    }

    private static Map<String, VersionSummary> versions(ModelRegistry registry) {
        Map<String, VersionSummary> versions = new HashMap<>();
        VersionQuery query = VersionQuery.all();
        while (true) {
            Page<VersionSummary> page = registry.versions(SHARED, query);
            for (VersionSummary summary : page.items()) {
                assertThat(versions.put(summary.version().toString(), summary)).isNull();
            }
            if (page.next().isEmpty()) {
                return versions;
            }
            query = query.after(page.next().get());
        }
    }

    /** Replays the history: each promotion archives exactly the version that was in production before it. */
    private static void assertOneInProduction(ModelRegistry registry, List<RegistryEvent> events) {
        String production = "";
        for (RegistryEvent event : events) {
            if (event.change() instanceof Change.StagesChanged changed) {
                String previous = changed.moves().size() < 2
                        ? ""
                        : changed.moves().get(1).version().toString();
                assertThat(previous).as("revision %s", event.revision()).isEqualTo(production);
                production = changed.moves().get(0).version().toString();
            }
        }
        if (!production.isEmpty()) {
            assertThat(registry.resolve("shared@production").version()).hasToString(production);
        }
        assertThat(registry.versions(SHARED, VersionQuery.all().in(Stage.PRODUCTION))
                        .items())
                .hasSizeLessThanOrEqualTo(1);
    }
}
