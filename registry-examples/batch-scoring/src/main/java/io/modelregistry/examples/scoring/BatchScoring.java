package io.modelregistry.examples.scoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.CsvLayout;
import io.modelregistry.inference.scoring.FileScoring;
import io.modelregistry.inference.scoring.ScoringReport;
import io.modelregistry.inference.scoring.SharedPredictor;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Scores 450 images three times: by a plain loop, by a Spark job, and as a CSV file. Its one argument is a folder to
 * work in; what an earlier run left there is used again.
 */
public final class BatchScoring {
    private static final float WHITE = 16f;

    private final PrintStream out;
    private final Path folder;
    private final URI store;

    private BatchScoring(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
        this.store = folder.resolve("registry").toUri();
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        run(System.out, Path.of(arguments.length == 0 ? "target/scoring" : arguments[0]));
    }

    /** Runs it in a folder. */
    static void run(PrintStream out, Path folder) throws IOException {
        Files.createDirectories(folder);
        new BatchScoring(out, folder.toAbsolutePath()).run();
    }

    private void run() throws IOException {
        register();
        SharedPredictor model = SharedPredictor.of(store, "digits");
        try {
            List<Long> expected = loop();
            report("A plain loop", expected, expected);
            report("A Spark job", SparkJob.score(Digits.rows(), model, folder), expected);
            report("A file", file(model), expected);
        } finally {
            SharedPredictor.closeAll();
        }
    }

    private void register() throws IOException {
        try (ModelRegistry registry = ModelRegistries.open(store)) {
            if (registry.find(ModelRef.parse("digits:1.0.0")).isEmpty()) {
                registry.register(Registration.of("digits", Digits.file("digits-mlp.onnx", folder))
                        .version("1.0.0")
                        .build());
            }
        }
    }

    private List<Long> loop() throws IOException {
        List<Long> labels = new ArrayList<>();
        try (ModelRegistry registry = ModelRegistries.open(store);
                Predictor predictor = Predictors.load(registry, "digits")) {
            for (float[] row : Digits.rows()) {
                Tensors answer = predictor.predict(Tensors.of("input", new float[][] {row}));
                labels.add(answer.get("label").longAt(0));
            }
        }
        return labels;
    }

    private List<Long> file(SharedPredictor model) throws IOException {
        Path output = folder.resolve("digits-scored.jsonl");
        Path input = folder.resolve("digits-test.csv");
        if (!Files.exists(input)) {
            Digits.file("digits-test.csv", folder);
        }
        ScoringReport report = FileScoring.of(model)
                .from(input)
                .to(output)
                .csv(CsvLayout.withoutHeader(Digits.columns()).ignoring("label"))
                .prepare("pixels from 0 to 1", BatchScoring::scaled)
                .run();
        out.println("   " + report);
        ObjectMapper json = new ObjectMapper();
        List<Long> labels = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            labels.add(json.readTree(line).at("/outputs/label").asLong());
        }
        return labels;
    }

    private static Tensors scaled(Tensors inputs) {
        float[] pixels = inputs.get("input").floats();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] /= WHITE;
        }
        return Tensors.of("input", new float[][] {pixels});
    }

    private void report(String who, List<Long> labels, List<Long> expected) throws IOException {
        if (!labels.equals(expected)) {
            throw new IllegalStateException(who + " gave other labels than the plain loop");
        }
        List<Long> truth = Digits.labels();
        int right = 0;
        for (int i = 0; i < truth.size(); i++) {
            right += labels.get(i).equals(truth.get(i)) ? 1 : 0;
        }
        out.printf(
                Locale.ROOT,
                "%s recognises %d of %d images, %.2f %%.%n",
                who,
                right,
                truth.size(),
                100.0 * right / truth.size());
    }
}
