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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * How the cost of registering and resolving grows with the number of versions and models, in CPU time of the calling
 * thread. Arguments: a folder (use a memory file system: the CPU time is the same, and the forced writes do not take an
 * hour), and the largest number.
 */
public final class RegistryGrowth {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

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
        Path many = folder.resolve("many");
        SortedMap<Integer, Double> medians = new TreeMap<>();
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
                medians.put(size, median(costs));
            }
            registry.aliases("many").set("champion", "1.0.50");
        }
        // Last, when all code is compiled, so that it is not the slower for that.
        Path few = folder.resolve("few");
        try (ModelRegistry registry = open(few, Duration.ZERO)) {
            double[] costs = new double[64];
            for (int model = 0; model < costs.length; model++) {
                for (int i = 1; i < 10; i++) {
                    register(registry, "few" + model, i);
                }
                costs[model] = cpuMicros(registry, "few" + model, 10);
            }
            medians.put(10, median(costs));
            registry.aliases("few0").set("champion", "1.0.5");
        }
        out.println("Registering, microseconds of CPU (median over 64 versions)");
        double atTen = medians.get(10);
        medians.forEach((size, cost) ->
                out.printf(Locale.ROOT, "  version %-8s %8.0f us   %.2f x%n", size, cost, cost / atTen));
        out.println("Resolving among versions");
        resolves(new Place("10 versions", few, "few0"), new Place(largest + " versions", many, "many"));
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
            CountingNode node = new CountingNode(FileSystemStorageNode.at(models));
            try (ModelRegistry registry = ModelRegistries.open(node)) {
                node.takeReads();
                int found = registry.models(ModelQuery.all()).items().size();
                out.printf(
                        Locale.ROOT,
                        "Among %s models a page of %s reads %s documents%n",
                        size,
                        found,
                        node.takeReads());
            }
        }
        out.println("Resolving among models");
        resolves(
                new Place("10 models", folder.resolve("models10"), "model5"),
                new Place(largest + " models", folder.resolve("models" + largest), "model5"));
    }

    /** A model in a folder, and what it stands among. */
    private record Place(String label, Path at, String model) {}

    private void resolves(Place few, Place many) throws IOException {
        for (String selector : new String[] {"@champion", ":^1.0.0", ":1.0.0"}) {
            String small = few.model + selector;
            String large = many.model + selector;
            out.printf(
                    Locale.ROOT,
                    "  %-10s reads %s documents with the manifest among %s, %s among %s%n",
                    selector,
                    documents(few.at, small),
                    few.label,
                    documents(many.at, large),
                    many.label);
            ratios("cold", cold(few.at, small), cold(many.at, large), 400);
            try (Resolving asking = new Resolving(few.at, small, Duration.ZERO);
                    Resolving askingMany = new Resolving(many.at, large, Duration.ZERO)) {
                ratios("asking the store", asking.calls(200), askingMany.calls(200), 400);
            }
            try (Resolving fresh = new Resolving(few.at, small, Duration.ofHours(1));
                    Resolving freshMany = new Resolving(many.at, large, Duration.ofHours(1))) {
                ratios("fresh", fresh.calls(20_000), freshMany.calls(20_000), 400);
            }
        }
    }

    private static long documents(Path at, String ref) throws IOException {
        CountingNode node = new CountingNode(FileSystemStorageNode.at(at));
        try (ModelRegistry registry = ModelRegistries.open(node)) {
            node.takeReads();
            registry.get(ref);
            return node.takeReads();
        }
    }

    /** Takes both in turn, so that whatever disturbs the machine meets them alike. */
    private void ratios(String what, DoubleSupplier few, DoubleSupplier many, int rounds) {
        double[] fewCosts = new double[rounds];
        double[] manyCosts = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -rounds / 2; round < rounds; round++) {
            double fewCost = few.getAsDouble();
            double manyCost = many.getAsDouble();
            if (round >= 0) {
                fewCosts[round] = fewCost;
                manyCosts[round] = manyCost;
                ratios[round] = manyCost / fewCost;
            }
        }
        out.printf(
                Locale.ROOT,
                "    %-17s %8.3f us, %8.3f us, %5.2f x%n",
                what,
                median(fewCosts),
                median(manyCosts),
                median(ratios));
    }

    private static DoubleSupplier cold(Path at, String ref) {
        return () -> {
            try (ModelRegistry registry = open(at, Duration.ZERO)) {
                long begun = THREADS.getCurrentThreadCpuTime();
                registry.resolve(ref);
                return (THREADS.getCurrentThreadCpuTime() - begun) / 1e3;
            }
        };
    }

    /** One reference, resolved again and again. */
    private static final class Resolving implements AutoCloseable {
        private final ModelRegistry registry;
        private final ModelRef ref;

        Resolving(Path at, String ref, Duration freshness) {
            this.registry = open(at, freshness);
            this.ref = ModelRef.parse(ref);
        }

        DoubleSupplier calls(int calls) {
            return () -> {
                long begun = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < calls; i++) {
                    registry.resolve(ref);
                }
                return (THREADS.getCurrentThreadCpuTime() - begun) / 1e3 / calls;
            };
        }

        @Override
        public void close() {
            registry.close();
        }
    }

    private static double cpuMicros(ModelRegistry registry, String model, int content) {
        long begun = THREADS.getCurrentThreadCpuTime();
        register(registry, model, content);
        return (THREADS.getCurrentThreadCpuTime() - begun) / 1e3;
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
