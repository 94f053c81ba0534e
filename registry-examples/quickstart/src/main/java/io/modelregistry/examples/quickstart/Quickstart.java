package io.modelregistry.examples.quickstart;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.inference.EngineUnavailableException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.registry.Increment;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.VersionComparison;
import io.modelregistry.storage.fs.FileSystemStorageNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two digit classifiers on their way into production. Its one argument is the folder of the registry: a new one, or one
 * of an earlier run, which is emptied first.
 */
public final class Quickstart {
    /** Tells a folder that this program made; the registry leaves names with a dot alone. */
    private static final String MARK = ".quickstart";

    private final PrintStream out;
    private final Path folder;
    private final Digits.Rows rows;

    private Quickstart(PrintStream out, Path folder) throws IOException {
        this.out = out;
        this.folder = folder;
        this.rows = Digits.testRows();
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        run(System.out, Path.of(arguments.length == 0 ? "target/registry" : arguments[0]));
    }

    /** Runs it on a folder, which is emptied first if an earlier run made it. */
    static void run(PrintStream out, Path folder) throws IOException {
        makeEmpty(folder);
        Path inbox = Files.createTempDirectory("quickstart");
        try {
            new Quickstart(out, folder).run(inbox);
        } finally {
            delete(inbox);
        }
    }

    private void run(Path inbox) throws IOException {
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(folder))) {
            register(registry, inbox);
            promoteTheBetter(registry);
            predict(registry);
            history(registry);
            rollBack(registry);
            secondEngine(registry, inbox);
        }
        files();
    }

    private void register(ModelRegistry registry, Path inbox) throws IOException {
        title("Register two versions of a digit classifier");
        Path forest = Digits.modelFile("digits-forest.onnx", inbox);
        Path network = Digits.modelFile("digits-mlp.onnx", inbox);
        show(registry.register(Registration.of("digits", forest)
                .modelType("random forest")
                .because("the first one we trained")
                .build()));
        show(registry.register(Registration.of("digits", network)
                .next(Increment.MINOR)
                .modelType("neural network")
                .because("a network for comparison")
                .build()));
        registry.promote("digits:1.0.0", Stage.PRODUCTION);
        out.println("   1.0.0 serves for now.");
    }

    private void show(RegisteredVersion version) {
        out.printf(
                Locale.ROOT,
                "   %-14s %-15s %-8s %7s bytes   sha256 %s...%n",
                version.ref(),
                version.manifest().format().modelType(),
                version.manifest().format().framework().name(),
                version.manifest().totalSize(),
                version.manifest().files().get(0).digest().hex().substring(0, 12));
    }

    private void promoteTheBetter(ModelRegistry registry) {
        title("Evaluate both on the same " + rows.labels().length + " images, and compare");
        for (String version : List.of("digits:1.0.0", "digits:1.1.0")) {
            double accuracy = accuracy(registry, version);
            String evaluation = "{\"metrics\":{\"accuracy\":" + accuracy + "}}";
            registry.attachments(version)
                    .add("evaluation", "application/json", evaluation.getBytes(StandardCharsets.UTF_8));
            out.printf(Locale.ROOT, "   %s recognises %.2f %%%n", version, 100 * accuracy);
        }
        VersionComparison comparison = registry.compare("digits:1.0.0", "digits:1.1.0");
        comparison
                .facts()
                .forEach(fact -> out.println("   " + fact.what() + ": "
                        + fact.left().orElse("-") + " -> " + fact.right().orElse("-")));
        comparison
                .files()
                .values()
                .forEach(file -> out.println("   file: " + path(file.left()) + " -> " + path(file.right())));
        RegisteredVersion best = registry.best("digits", "accuracy");
        registry.move(best.ref(), Stage.PRODUCTION)
                .because("recognises more digits")
                .commit();
        out.println("   " + best.ref() + " is the better one and goes into production; 1.0.0 is now "
                + registry.get("digits:1.0.0").stage() + ".");
    }

    private static String path(Optional<ArtifactFile> file) {
        return file.map(found -> found.path() + " (" + found.size() + " bytes)").orElse("-");
    }

    private double accuracy(ModelRegistry registry, String version) {
        try (Predictor predictor = Predictors.load(registry, version)) {
            long[] answers = predictor
                    .predict(Tensors.of("input", rows.pixels()))
                    .get("label")
                    .longs();
            int right = 0;
            for (int i = 0; i < answers.length; i++) {
                right += answers[i] == rows.labels()[i] ? 1 : 0;
            }
            return (double) right / answers.length;
        }
    }

    private void predict(ModelRegistry registry) {
        title("Predict through digits@production");
        try (Predictor predictor = Predictors.load(registry, "digits@production")) {
            out.print(Digits.picture(rows.pixels()[0]));
            Tensors answer = predictor.predict(Tensors.of("input", new float[][] {rows.pixels()[0]}));
            long label = answer.get("label").longAt(0);
            out.printf(
                    Locale.ROOT,
                    "   %s sees a %s with probability %.4f; it is a %s.%n",
                    registry.resolve("digits@production").ref(),
                    label,
                    answer.get("probabilities").floatAt(0, label),
                    rows.labels()[0]);
        }
    }

    private void history(ModelRegistry registry) {
        title("What happened, and who did it");
        for (RegistryEvent event : registry.history("digits").all()) {
            out.printf(
                    Locale.ROOT,
                    "   %2s  %s  %-14s %s%s%n",
                    event.revision(),
                    event.at().toString().substring(0, 19),
                    event.by(),
                    describe(event.change()),
                    event.reason().isEmpty() ? "" : " (" + event.reason() + ")");
        }
    }

    private static String describe(Change change) {
        if (change instanceof Change.VersionPublished published) {
            return "published " + published.version();
        }
        if (change instanceof Change.StagesChanged changed) {
            return moves(changed.moves());
        }
        if (change instanceof Change.RolledBack rolledBack) {
            return "rolled back: " + moves(rolledBack.moves());
        }
        if (change instanceof Change.Attached attached) {
            return "attached an " + attached.attachment().kind() + " to " + attached.version();
        }
        return change.toString();
    }

    private static String moves(List<Change.StageMove> moves) {
        return String.join(
                ", ",
                moves.stream()
                        .map(move -> move.version() + " " + move.from() + " -> " + move.to())
                        .toList());
    }

    private void rollBack(ModelRegistry registry) {
        title("Roll back");
        RegisteredVersion back = registry.rollback("digits", "to show that it works");
        out.println("   " + back.ref() + " is in " + back.stage() + " again, "
                + registry.get("digits:1.1.0").ref() + " is "
                + registry.get("digits:1.1.0").stage() + ".");
    }

    private void secondEngine(ModelRegistry registry, Path inbox) throws IOException {
        title("The same network as a TensorFlow SavedModel, on another engine");
        RegisteredVersion saved = registry.register(Registration.of("digits-tensorflow", Digits.savedModel(inbox))
                .modelType("neural network")
                .build());
        show(saved);
        try (Predictor onnx = Predictors.load(registry, "digits:1.1.0");
                Predictor tensorflow = Predictors.load(registry, "digits-tensorflow")) {
            Tensors input = Tensors.of("input", rows.pixels());
            float[] left = onnx.predict(input).get("probabilities").floats();
            float[] right = tensorflow.predict(input).get("probabilities").floats();
            double most = 0;
            for (int i = 0; i < left.length; i++) {
                most = Math.max(most, Math.abs(left[i] - right[i]));
            }
            out.printf(
                    Locale.ROOT,
                    "   %s and %s agree on all %s probabilities; the largest difference is %.1e.%n",
                    onnx.description().engine(),
                    tensorflow.description().engine(),
                    left.length,
                    most);
        } catch (EngineUnavailableException | UnsupportedModelException e) {
            out.println("   Left out on this machine: " + e.getMessage());
        }
    }

    private void files() throws IOException {
        title("Look at it yourself: " + folder.toAbsolutePath().normalize());
        try (Stream<Path> files = Files.walk(folder.resolve("models"))) {
            files.filter(Files::isRegularFile)
                    .map(file -> "   " + folder.relativize(file))
                    .sorted()
                    .forEach(out::println);
        }
    }

    private void title(String text) {
        out.println();
        out.println("== " + text);
    }

    private static void makeEmpty(Path folder) throws IOException {
        if (Files.exists(folder.resolve(MARK))) {
            delete(folder);
        }
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        "Cannot run in '%s': it holds files that no earlier run made, expected a new folder or an empty one"
                                .formatted(folder));
            }
        }
        Files.createFile(folder.resolve(MARK));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
