package io.modelregistry.benchmarks.storage;

import io.modelregistry.ModelRegistries;
import io.modelregistry.cache.LocalCache;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.S3StorageNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/**
 * From the opening of a registry in a bucket to the first prediction, in a new process each time, when the host's cache
 * holds the model already; against hashing and loading the same file of the cache by hand. Processes take turns.
 * Arguments: the endpoint, a folder for the cache, rounds, and how many mebibytes the large model has (256, at most
 * 1,900). Credentials come from the SDK's usual chain.
 *
 * <p>The start of the JVM and of the SDK come before it and are told apart. The SDK has started when its client is made
 * ({@code registry}), or when it has also made a first request of its own ({@code connected}), which loads as many
 * classes again.
 */
public final class ColdStart {
    /** An object that belongs to no registry. */
    static final String SMALL = "cold-start/small";

    private static final int ROWS_PER_MEBIBYTE = 512;
    private static final String LARGE = "256";
    private static final String RAW = "raw";
    private static final List<String> REGISTERED = List.of("connected", "registry");

    private final PrintStream out = System.out;
    private final Path folder;
    private final String endpoint;
    private final String prefix = "cold-start/" + UUID.randomUUID();

    private ColdStart(Path folder, String endpoint) {
        this.folder = folder;
        this.endpoint = endpoint;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of(arguments[1]), "cold");
        try {
            int mebibytes = Integer.parseInt(arguments.length > 3 ? arguments[3] : LARGE);
            new ColdStart(folder, arguments[0]).run(Integer.parseInt(arguments[2]), mebibytes);
        } finally {
            delete(folder);
        }
    }

    private void run(int rounds, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectory(folder.resolve("tmp"));
        Path perceptron = folder.resolve("mlp-512.onnx");
        OnnxFile.perceptron(perceptron, 0);
        Path large = folder.resolve("mlp-512-table.onnx");
        OnnxFile.perceptron(large, mebibytes * ROWS_PER_MEBIBYTE);
        Path convolutions = Path.of(
                System.getProperty("models", "registry-inference/src/test/resources/models"), "digits-cnn.onnx");
        for (Work work : prepare(Map.of(convolutions, "1x1x8x8", perceptron, "1x30", large, "1x30"))) {
            measure(work, rounds);
        }
    }

    /**
     * A model that lies in the bucket and in the cache.
     *
     * @param file in the cache
     * @param sizes of its input
     */
    private record Work(String model, ArtifactFile sealed, Path file, String sizes) {}

    private List<Work> prepare(Map<Path, String> models) throws IOException {
        List<Work> works = new ArrayList<>();
        try (S3Client client = FirstPrediction.client(URI.create(endpoint), new AtomicInteger())) {
            try {
                client.createBucket(request -> request.bucket(FirstPrediction.BUCKET));
            } catch (BucketAlreadyOwnedByYouException e) {
                out.println("using the bucket of an earlier run");
            }
            client.putObject(
                    request -> request.bucket(FirstPrediction.BUCKET).key(SMALL), RequestBody.fromString("small"));
            StorageNode node = S3StorageNode.bucket(FirstPrediction.BUCKET)
                    .prefix(prefix)
                    .client(client)
                    .pathStyle()
                    .build();
            LocalCache cache = LocalCache.at(folder.resolve("cache"));
            try (ModelRegistry registry =
                    ModelRegistries.builder(node).cache(cache).open()) {
                for (Map.Entry<Path, String> entry : models.entrySet()) {
                    String model = entry.getKey().getFileName().toString().replace(".onnx", "");
                    RegisteredVersion version = registry.register(
                            Registration.of(model, entry.getKey()).build());
                    registry.promote(version.ref().toString(), Stage.PRODUCTION);
                    LocalCache.prefetch(registry, List.of(ModelRef.parse(model + "@production")));
                    ArtifactFile sealed = version.manifest().files().get(0);
                    works.add(new Work(model, sealed, cached(cache, sealed), entry.getValue()));
                }
            }
        }
        works.sort(Comparator.comparingLong(work -> work.sealed.size()));
        return works;
    }

    private static Path cached(LocalCache cache, ArtifactFile sealed) {
        String hex = sealed.digest().hex();
        return cache.folder().resolve("contents").resolve(hex.substring(0, 2)).resolve(hex);
    }

    private void measure(Work work, int rounds) throws IOException, InterruptedException {
        Map<String, List<String>> starts = new LinkedHashMap<>();
        starts.put(RAW, List.of(RAW, work.file.toString(), work.sealed.digest().hex(), work.sizes));
        for (String variant : REGISTERED) {
            starts.put(
                    variant,
                    List.of(
                            variant,
                            endpoint,
                            prefix,
                            folder.resolve("cache").toString(),
                            work.model + "@production",
                            work.sizes));
        }
        Map<String, List<Start>> measured = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) { // The first one only fills the caches of the system.
            List<String> order = new ArrayList<>(starts.keySet());
            Collections.rotate(order, round);
            for (String variant : order) {
                Start start = start(starts.getOrDefault(variant, List.of()));
                if (round >= 0) {
                    measured.computeIfAbsent(variant, ignored -> new ArrayList<>())
                            .add(start);
                }
            }
        }
        out.printf(Locale.ROOT, "%s, %,d bytes, %s rounds%n", work.model, work.sealed.size(), rounds);
        List<Start> raw = measured.getOrDefault(RAW, List.of());
        measured.forEach((variant, own) -> report(variant, own, raw));
    }

    private void report(String variant, List<Start> own, List<Start> raw) {
        out.printf(
                Locale.ROOT,
                "  %-9s %s of wall time, %s of processor time; before: JVM %s, SDK %s, of wall time %s; %s requests%n",
                variant,
                Spread.of(own, start -> start.wall),
                Spread.of(own, start -> start.processor),
                Spread.of(own, start -> start.jvm),
                Spread.of(own, start -> start.sdkProcessor),
                Spread.of(own, start -> start.sdkWall),
                own.get(0).requests);
        if (!variant.equals(RAW)) {
            out.printf(
                    Locale.ROOT,
                    "            %s of raw's wall time, %s of its processor time%n",
                    Spread.ratios(own, raw, start -> start.wall),
                    Spread.ratios(own, raw, start -> start.processor));
        }
    }

    /**
     * What a process has printed: nanoseconds, and a number of requests.
     *
     * @param jvm processor time before anything of ours was done
     */
    private record Start(long wall, long processor, long sdkWall, long sdkProcessor, long jvm, long requests) {}

    private Start start(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder.resolve("tmp"), // The engine unpacks its library there.
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        command.add(FirstPrediction.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("The process of " + arguments + " failed: " + printed);
        }
        long[] numbers = Arrays.stream(printed.strip().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        return new Start(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }

    /** Median, least and most, in milliseconds or as a ratio within a round. */
    private record Spread(double median, double least, double most, String unit) {
        static Spread of(List<Start> starts, ToLongFunction<Start> value) {
            return of(
                    starts.stream()
                            .mapToDouble(start -> value.applyAsLong(start) / 1e6)
                            .sorted()
                            .toArray(),
                    " ms");
        }

        static Spread ratios(List<Start> starts, List<Start> raw, ToLongFunction<Start> value) {
            double[] ratios = new double[starts.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = (double) value.applyAsLong(starts.get(i)) / value.applyAsLong(raw.get(i));
            }
            Arrays.sort(ratios);
            return of(ratios, " x");
        }

        private static Spread of(double[] sorted, String unit) {
            return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], unit);
        }

        @Override
        public String toString() {
            String format = unit.equals(" x") ? "%.2f%s (%.2f to %.2f)" : "%.0f%s (%.0f to %.0f)";
            return String.format(Locale.ROOT, format, median, unit, least, most);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
