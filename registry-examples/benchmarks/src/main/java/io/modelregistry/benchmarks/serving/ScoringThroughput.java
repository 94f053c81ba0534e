package io.modelregistry.benchmarks.serving;

import com.sun.management.OperatingSystemMXBean;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.BatchScorer;
import io.modelregistry.inference.scoring.FileScoring;
import io.modelregistry.inference.scoring.ScoredRows;
import io.modelregistry.inference.scoring.ScoringOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Rows a second and processor time per row of batch scoring with digits-mlp, against a loop over
 * {@link Predictor#predictBatch} with as many rows a call. The ways take turns; the middle of the rounds counts.
 * Arguments: {@code rows=200000}, {@code rounds=5} and {@code batch=64}.
 */
public final class ScoringThroughput {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int PIXELS = 64;

    /** How many different rows there are; the input repeats them. */
    private static final int DIFFERENT = 1_000;

    private final Predictor predictor;
    private final ScoringOptions options;
    private final int rows;
    private final List<Tensors> inputs = new ArrayList<>();

    private ScoringThroughput(Predictor predictor, int rows, int batch) {
        this.predictor = predictor;
        this.rows = rows;
        this.options = ScoringOptions.builder().rowsPerBatch(batch).build();
        Random random = new Random(5);
        for (int i = 0; i < DIFFERENT; i++) {
            float[][] row = new float[1][PIXELS];
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                row[0][pixel] = random.nextInt(17);
            }
            inputs.add(Tensors.of("input", row));
        }
    }

    /** Measures all ways. */
    public static void main(String[] args) throws Exception {
        int rows = 200_000;
        int rounds = 5;
        int batch = 64;
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            int value = Integer.parseInt(parts[1]);
            rows = parts[0].equals("rows") ? value : rows;
            rounds = parts[0].equals("rounds") ? value : rounds;
            batch = parts[0].equals("batch") ? value : batch;
        }
        String models = System.getProperty("models", "registry-inference/src/test/resources/models");
        Path folder = Files.createTempDirectory("scoring");
        try (Predictor predictor = Predictors.load(Path.of(models, "digits-mlp.onnx"))) {
            new ScoringThroughput(predictor, rows, batch).report(folder, rounds);
        } finally {
            for (String name : List.of("rows.csv", "rows.jsonl", "scores.jsonl", "scores.jsonl.progress")) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }

    /** One way to score all rows. */
    private interface Way {
        long score() throws IOException;
    }

    private void report(Path folder, int rounds) throws IOException {
        Path csv = folder.resolve("rows.csv");
        Path json = folder.resolve("rows.jsonl");
        write(csv, IntStream.range(0, PIXELS).mapToObj(i -> "p" + i).toList().toString(), "", "");
        write(json, "", "{\"input\":[", "]}");
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("loop over predictBatch", this::loop);
        ways.put("iterator", this::iterator);
        ways.put("CSV to JSON lines", () -> file(csv, folder.resolve("scores.jsonl")));
        ways.put("JSON lines to JSON lines", () -> file(json, folder.resolve("scores.jsonl")));
        Map<String, List<double[]>> measured = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                double[] taken = measure(way.getValue());
                if (round >= 0) {
                    measured.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                            .add(taken);
                }
            }
        }
        System.out.printf(Locale.ROOT, "%,d rows, %s MiB of CSV, %s%n", rows, Files.size(csv) >> 20, options);
        measured.forEach((name, all) -> System.out.printf(
                Locale.ROOT,
                "%-26s %10.0f rows/s, %6.2f us of processor time a row%n",
                name,
                middle(all, 0),
                middle(all, 1)));
    }

    private double[] measure(Way way) throws IOException {
        long processor = PROCESS.getProcessCpuTime();
        long begun = System.nanoTime();
        long scored = way.score();
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (scored != rows) {
            throw new IllegalStateException(scored + " of " + rows + " rows were scored");
        }
        return new double[] {rows / seconds, (PROCESS.getProcessCpuTime() - processor) / 1e3 / rows};
    }

    private static double middle(List<double[]> all, int column) {
        double[] sorted = all.stream().mapToDouble(each -> each[column]).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private long loop() {
        long scored = 0;
        List<Tensors> batch = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            batch.add(inputs.get(i % DIFFERENT));
            if (batch.size() == options.rowsPerBatch() || i == rows - 1) {
                scored += predictor.predictBatch(batch).stream()
                        .filter(outcome -> outcome.isSuccess())
                        .count();
                batch.clear();
            }
        }
        return scored;
    }

    private long iterator() {
        Iterator<Tensors> all = IntStream.range(0, rows)
                .mapToObj(i -> inputs.get(i % DIFFERENT))
                .iterator();
        long scored = 0;
        try (ScoredRows results = BatchScorer.of(predictor, options).score(all)) {
            while (results.hasNext()) {
                scored += results.next().isSuccess() ? 1 : 0;
            }
        }
        return scored;
    }

    private long file(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        Files.deleteIfExists(to.resolveSibling(to.getFileName() + ".progress"));
        return FileScoring.of(predictor)
                .from(from)
                .to(to)
                .options(options)
                .saveInterval(Duration.ofSeconds(1))
                .run()
                .rows();
    }

    private void write(Path file, String header, String before, String after) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            if (!header.isEmpty()) {
                out.write(header.replaceAll("[\\[\\] ]", "") + "\n");
            }
            for (int i = 0; i < rows; i++) {
                float[] row = inputs.get(i % DIFFERENT).get("input").floats();
                String cells = Arrays.toString(row).replace(" ", "");
                out.write(before + cells.substring(1, cells.length() - 1) + after + "\n");
            }
        }
    }
}
