package io.modelregistry.benchmarks.registry;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.fs.FileSystemStorageNode;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How the cost of registering and resolving grows with the number of versions and models, in CPU time of the calling
 * thread. Arguments: a folder (use a memory file system: the CPU time is the same, and the forced writes do not take an
 * hour), and the largest number.
 */
public final class RegistryGrowth {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 9;

    private final PrintStream out = System.out;
    private final Path folder;
    private final int largest;

    private RegistryGrowth(Path folder, int largest) {
        this.folder = folder;
        this.largest = largest;
    }

    /** Runs all measurements. */
    public static void main(String[] arguments) throws IOException {
        Path parent = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(System.getProperty("java.io.tmpdir"));
        int largest = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        Path folder = Files.createTempDirectory(parent, "growth");
        try {
            new RegistryGrowth(folder, largest).run();
        } finally {
            delete(folder);
        }
    }

    private void run() throws IOException {
        try (ModelRegistry registry = open(folder.resolve("warm-up"), Duration.ZERO)) {
            for (int i = 0; i < 1500; i++) {
                register(registry, "warm" + i % 20, i);
            }
        }
        versions();
        models();
    }

    private static ModelRegistry open(Path folder, Duration freshness) {
        return ModelRegistries.builder(FileSystemStorageNode.at(folder))
                .freshness(freshness)
                .open();
    }

    private static void register(ModelRegistry registry, String model, int content) {
        byte[] bytes = ("content of " + model + " " + content).getBytes(StandardCharsets.UTF_8);
        registry.register(Registration.of(model)
                .file("model.bin", bytes)
                .metric("accuracy", 0.9)
                .build());
    }

    private void versions() throws IOException {
        out.println("Registering, microseconds of CPU (median over 64 consecutive versions)");
        Path few = folder.resolve("few");
        double atTen;
        try (ModelRegistry registry = open(few, Duration.ZERO)) {
            double[] costs = new double[64];
            for (int model = 0; model < costs.length; model++) {
                for (int i = 1; i < 10; i++) {
                    register(registry, "few" + model, i);
                }
                costs[model] = cpuMicros(registry, "few" + model, 10);
            }
            atTen = median(costs);
            row("version 10", atTen, 1);
            registry.aliases("few0").set("champion", "1.0.5");
        }
        Path many = folder.resolve("many");
        try (ModelRegistry registry = open(many, Duration.ZERO)) {
            int next = 1;
            for (int size = 100; size <= largest; size *= 10) {
                while (next < size - 32) {
                    register(registry, "many", next++);
                }
                double[] costs = new double[64];
                for (int i = 0; i < costs.length; i++) {
                    costs[i] = cpuMicros(registry, "many", next++);
                }
                double median = median(costs);
                row("version " + size, median, median / atTen);
            }
            registry.aliases("many").set("champion", "1.0.50");
        }
        out.println("Resolving among versions");
        resolves("10 versions", few, "few0");
        resolves(largest + " versions", many, "many");
    }

    private void models() throws IOException {
        for (int size : new int[] {10, largest}) {
            Path models = folder.resolve("models" + size);
            try (ModelRegistry registry = open(models, Duration.ZERO)) {
                for (int i = 0; i < size; i++) {
                    register(registry, "model" + i, i);
                }
                registry.aliases("model5").set("champion", "1.0.0");
            }
            out.println("Among " + size + " models");
            resolves(size + " models", models, "model5");
            CountingNode node = new CountingNode(FileSystemStorageNode.at(models));
            try (ModelRegistry registry = ModelRegistries.open(node)) {
                node.takeReads();
                int found = registry.models(ModelQuery.all()).items().size();
                out.printf(Locale.ROOT, "  a page of %s models reads %s documents%n", found, node.takeReads());
            }
        }
    }

    private void resolves(String label, Path at, String model) throws IOException {
        for (String ref : new String[] {model + "@champion", model + ":^1.0.0", model + ":1.0.0"}) {
            CountingNode node = new CountingNode(FileSystemStorageNode.at(at));
            long documents;
            try (ModelRegistry registry = ModelRegistries.builder(node).open()) {
                node.takeReads();
                registry.get(ref);
                documents = node.takeReads();
            }
            double cold = coldMicros(at, ref);
            double warm = warmMicros(at, ref, Duration.ZERO, 2_000);
            double fresh = warmMicros(at, ref, Duration.ofHours(1), 200_000);
            out.printf(
                    Locale.ROOT,
                    "  %-22s among %-13s cold %8.1f us, %s documents with the manifest; asking the store %6.1f us; fresh %6.3f us%n",
                    ref,
                    label,
                    cold,
                    documents,
                    warm,
                    fresh);
        }
    }

    private static double coldMicros(Path at, String ref) {
        double[] costs = new double[31];
        for (int i = 0; i < costs.length; i++) {
            try (ModelRegistry registry = open(at, Duration.ZERO)) {
                long begun = THREADS.getCurrentThreadCpuTime();
                registry.resolve(ref);
                costs[i] = (THREADS.getCurrentThreadCpuTime() - begun) / 1e3;
            }
        }
        return median(costs);
    }

    private static double warmMicros(Path at, String ref, Duration freshness, int calls) {
        try (ModelRegistry registry = open(at, freshness)) {
            ModelRef parsed = ModelRef.parse(ref);
            double[] costs = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long begun = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < calls; i++) {
                    registry.resolve(parsed);
                }
                costs[round] = (THREADS.getCurrentThreadCpuTime() - begun) / 1e3 / calls;
            }
            return median(costs);
        }
    }

    private static double cpuMicros(ModelRegistry registry, String model, int content) {
        long begun = THREADS.getCurrentThreadCpuTime();
        register(registry, model, content);
        return (THREADS.getCurrentThreadCpuTime() - begun) / 1e3;
    }

    private void row(String what, double micros, double ratio) {
        out.printf(Locale.ROOT, "  %-16s %8.0f us   %.2f x%n", what, micros, ratio);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
