package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** Scores in a process of its own, which can be killed or have a small heap. */
final class ScoringChild {
    static final String FILE = "file";
    static final String GENERATED = "generated";
    static final String HANDLE = "handle";

    private ScoringChild() {}

    /** The command line of a JVM with so much heap, in MiB, that does a task. */
    static ProcessBuilder command(int heap, List<String> task) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + heap + "m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add(ScoringChild.class.getName());
        command.addAll(task);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder;
    }

    /** Runs a task to its end and returns what it printed. */
    static String run(int heap, List<String> task) throws IOException, InterruptedException {
        Process process = command(heap, task).start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(printed);
            }
            return printed.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    static FileScoring.Builder scoring(Predictor predictor, Path input, Path output) {
        return FileScoring.of(predictor)
                .from(input)
                .to(output)
                .options(ScoringOptions.builder().rowsPerBatch(16).build())
                .maxFailedRows(Long.MAX_VALUE)
                .saveInterval(Duration.ZERO);
    }

    public static void main(String[] task) throws Exception {
        switch (task[0]) {
            case FILE -> {
                try (Predictor predictor = Sums.predictor()) {
                    System.out.println(scoring(predictor, Path.of(task[1]), Path.of(task[2]))
                            .run());
                }
            }
            case GENERATED -> generated(Integer.parseInt(task[1]));
            case HANDLE -> handle(task[1]);
            default -> throw new IllegalArgumentException(task[0]);
        }
    }

    private static void generated(int count) {
        Iterator<Tensors> rows =
                IntStream.range(0, count).mapToObj(i -> Sums.row(i, 1)).iterator();
        double total = 0;
        try (Predictor predictor = Sums.predictor();
                ScoredRows scored = BatchScorer.of(predictor).score(rows)) {
            while (scored.hasNext()) {
                Outcome<Tensors> outcome = scored.next();
                total += outcome.orThrow().get("sum").floatAt(0);
            }
        }
        System.out.println(total);
    }

    /** Takes a handle as its bytes, and predicts with what it leads to. */
    private static void handle(String bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(bytes)))) {
            SharedPredictor shared = (SharedPredictor) in.readObject();
            Predictor predictor = shared.predictor();
            System.out.println(
                    predictor == shared.predictor() ? predictor.description().model() : "loaded twice");
            SharedPredictor.closeAll();
        }
    }
}
