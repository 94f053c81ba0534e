package io.modelregistry.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The bars of {@link PredictBenchmark} as ratios, for machines that others use at the same time: the variants take
 * turns in short blocks, and what counts is the processor time of the thread, so that a busy neighbour meets all of
 * them alike.
 */
public final class PredictRatios {
    private static final int ROUNDS = 400;
    private static final int WARM_UP_ROUNDS = 60;
    private static final long BLOCK_NANOS = 2_000_000;

    /** What is measured. */
    @FunctionalInterface
    private interface Variant {
        Object call() throws Exception;
    }

    private PredictRatios() {}

    /** Measures the works that are named, or all. */
    public static void main(String[] args) throws Exception {
        List<String> works = args.length > 0
                ? List.of(args)
                : List.of("digits-mlp:1", "digits-mlp:32", "digits-cnn:1", "digits-cnn:32");
        System.out.printf(
                Locale.ROOT,
                "%-14s %-18s %10s %8s %8s %8s%n",
                "work",
                "variant",
                "us/call",
                "x raw",
                "x usual",
                "B/call");
        for (String work : works) {
            PredictBenchmark benchmark = new PredictBenchmark();
            benchmark.work = work;
            benchmark.load();
            try {
                Map<String, Variant> variants = new LinkedHashMap<>();
                variants.put("rawPinned", benchmark::rawPinned);
                variants.put("arrayAndGetValue", benchmark::arrayAndGetValue);
                variants.put("predict", benchmark::predict);
                variants.put("predictFromArray", benchmark::predictFromArray);
                variants.put("predictInto", benchmark::predictInto);
                report(System.out, work, variants);
            } finally {
                benchmark.close();
            }
        }
    }

    private static void report(PrintStream out, String work, Map<String, Variant> variants) throws Exception {
        Map<String, double[]> nanos = measure(variants);
        double[] raw = nanos.getOrDefault("rawPinned", new double[0]);
        double[] usual = nanos.getOrDefault("arrayAndGetValue", new double[0]);
        for (Map.Entry<String, Variant> entry : variants.entrySet()) {
            double[] own = nanos.getOrDefault(entry.getKey(), new double[0]);
            out.printf(
                    Locale.ROOT,
                    "%-14s %-18s %10.2f %8.2f %8.2f %8d%n",
                    work,
                    entry.getKey(),
                    median(own) / 1000,
                    medianRatio(own, raw),
                    medianRatio(usual, own),
                    allocated(entry.getValue()));
        }
    }

    private static Map<String, double[]> measure(Map<String, Variant> variants) throws Exception {
        Map<String, double[]> nanos = new LinkedHashMap<>();
        Map<String, Integer> calls = new LinkedHashMap<>();
        variants.keySet().forEach(name -> {
            nanos.put(name, new double[ROUNDS]);
            calls.put(name, 200);
        });
        List<String> order = new ArrayList<>(variants.keySet());
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (String name : order) {
                int count = calls.getOrDefault(name, 1);
                double perCall = block(variants.getOrDefault(name, () -> name), count);
                if (round >= 0) {
                    nanos.getOrDefault(name, new double[ROUNDS])[round] = perCall;
                } else {
                    calls.put(name, (int) Math.max(10, BLOCK_NANOS / Math.max(perCall, 1)));
                }
            }
        }
        return nanos;
    }

    private static double block(Variant variant, int count) throws Exception {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Object last = variant;
        for (int i = 0; i < count; i++) {
            last = variant.call();
        }
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (last.equals(variant)) {
            throw new IllegalStateException("Never: it keeps the calls alive");
        }
        return (end - start) / (double) count;
    }

    private static long allocated(Variant variant) throws Exception {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            variant.call();
        }
        return (threads.getCurrentThreadAllocatedBytes() - start) / 10_000;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The median over the rounds of the ratio within a round. */
    private static double medianRatio(double[] numerators, double[] denominators) {
        double[] ratios = new double[numerators.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = numerators[i] / denominators[i];
        }
        return median(ratios);
    }
}
