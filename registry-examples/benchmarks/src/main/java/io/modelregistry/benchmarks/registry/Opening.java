package io.modelregistry.benchmarks.registry;

import io.modelregistry.ModelRegistries;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether opening and closing a registry in a folder costs more the more models it holds, in CPU time of the calling
 * thread and in wall time. Arguments: a folder, and the largest number of models. One model is registered; the others
 * are its files under names of their own, with heads that name them.
 */
public final class Opening {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 400;
    private static final int OPENINGS = 20;
    private static final String FIRST = "model0000000";

    private final PrintStream out = System.out;
    private final List<Path> places = new ArrayList<>();

    private Opening() {}

    /** Runs the measurement. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "opening");
        int largest = Integer.parseInt(arguments[1]);
        try {
            new Opening().run(folder, largest);
        } finally {
            RegistryGrowth.delete(folder);
        }
    }

    private void run(Path folder, int largest) throws IOException {
        int[] sizes = {10, 10, largest}; // The first two tell how much of a difference is noise.
        for (int i = 0; i < sizes.length; i++) {
            Path place = folder.resolve("registry" + i);
            fill(place, sizes[i]);
            places.add(place);
        }
        double[][] processor = new double[sizes.length][ROUNDS];
        double[][] wall = new double[sizes.length][ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            for (int i = 0; i < sizes.length; i++) {
                long begun = System.nanoTime();
                long before = THREADS.getCurrentThreadCpuTime();
                for (int opening = 0; opening < OPENINGS; opening++) {
                    open(places.get(i));
                }
                processor[i][Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - before) / 1e3 / OPENINGS;
                wall[i][Math.max(round, 0)] = (System.nanoTime() - begun) / 1e3 / OPENINGS;
            }
        }
        for (int i = 0; i < sizes.length; i++) {
            out.printf(
                    Locale.ROOT,
                    "%,9d models: %s calls of the store, %7.1f us processor (%.2f x), %7.1f us wall (%.2f x)%n",
                    sizes[i],
                    calls(places.get(i)),
                    median(processor[i]),
                    median(ratios(processor[i], processor[0])),
                    median(wall[i]),
                    median(ratios(wall[i], wall[0])));
        }
    }

    private static void fill(Path place, int models) throws IOException {
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(place))) {
            registry.register(Registration.of(FIRST)
                    .file("model.bin", "content".getBytes(StandardCharsets.UTF_8))
                    .build());
        }
        Path first;
        try (Stream<Path> all = Files.walk(place)) {
            first = all.filter(path -> path.endsWith(FIRST)).findFirst().orElseThrow();
        }
        List<Path> parts;
        try (Stream<Path> all = Files.walk(first)) {
            parts = all.toList();
        }
        for (int i = 1; i < models; i++) {
            copy(first, parts, String.format(Locale.ROOT, "model%07d", i));
        }
    }

    private static void copy(Path first, List<Path> parts, String name) throws IOException {
        for (Path part : parts) {
            Path target = first.resolveSibling(name).resolve(first.relativize(part));
            if (Files.isDirectory(part)) {
                Files.createDirectory(target);
            } else if (part.endsWith("_model.json")) {
                Files.writeString(target, Files.readString(part).replace(FIRST, name));
            } else {
                Files.createLink(target, part);
            }
        }
    }

    private static void open(Path place) {
        ModelRegistries.open(FileSystemStorageNode.at(place)).close();
    }

    private static long calls(Path place) {
        CountingNode node = new CountingNode(FileSystemStorageNode.at(place));
        ModelRegistries.open(node).close();
        return node.calls();
    }

    private static double[] ratios(double[] values, double[] anchors) {
        double[] ratios = new double[values.length];
        Arrays.setAll(ratios, i -> values[i] / anchors[i]);
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
