package io.modelregistry.registry;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * In what two versions differ; what is alike is left out.
 *
 * @param left the first version
 * @param right the second version
 * @param facts facts of the manifest, as text
 * @param metrics by name
 * @param files by path
 */
public record VersionComparison(
        ModelRef left,
        ModelRef right,
        List<Difference<String>> facts,
        SortedMap<String, Difference<Double>> metrics,
        SortedMap<ArtifactPath, Difference<ArtifactFile>> files) {
    /** Copies the list. */
    public VersionComparison {
        facts = List.copyOf(facts);
        Objects.requireNonNull(metrics, "metrics");
        Objects.requireNonNull(files, "files");
    }

    /** Whether both say the same. */
    public boolean isEmpty() {
        return facts.isEmpty() && metrics.isEmpty() && files.isEmpty();
    }

    /** Compares two manifests. */
    public static VersionComparison of(Manifest left, Manifest right) {
        List<Difference<String>> facts = new ArrayList<>();
        text(facts, "framework", left.format().framework(), right.format().framework());
        text(facts, "model type", left.format().modelType(), right.format().modelType());
        text(facts, "load safety", left.format().safety(), right.format().safety());
        text(facts, "input schema", left.io().input(), right.io().input());
        text(facts, "output schema", left.io().output(), right.io().output());
        text(facts, "tensor signature", left.io().signature(), right.io().signature());
        text(facts, "training job", left.training().jobId(), right.training().jobId());
        text(facts, "commit", left.training().commit(), right.training().commit());
        text(facts, "repository", left.training().repository(), right.training().repository());
        text(
                facts,
                "training script",
                left.training().trainingScript(),
                right.training().trainingScript());
        text(
                facts,
                "preprocessing script",
                left.training().preprocessingScript(),
                right.training().preprocessingScript());
        text(facts, "base model", left.training().baseModel(), right.training().baseModel());
        text(
                facts,
                "hyperparameters",
                left.training().hyperparameters(),
                right.training().hyperparameters());
        text(facts, "data sets", left.training().datasets(), right.training().datasets());
        text(facts, "features", left.training().features(), right.training().features());
        text(
                facts,
                "feature store",
                left.training().featureStore(),
                right.training().featureStore());
        text(facts, "intended use", left.usage().intendedUse(), right.usage().intendedUse());
        text(facts, "limitations", left.usage().limitations(), right.usage().limitations());
        text(
                facts,
                "ethical considerations",
                left.usage().ethicalConsiderations(),
                right.usage().ethicalConsiderations());
        text(facts, "dependencies", left.dependencies(), right.dependencies());
        text(facts, "custom fields", left.fields(), right.fields());
        SortedMap<ArtifactPath, ArtifactFile> leftFiles = new TreeMap<>();
        left.files().forEach(file -> leftFiles.put(file.path(), file));
        SortedMap<ArtifactPath, ArtifactFile> rightFiles = new TreeMap<>();
        right.files().forEach(file -> rightFiles.put(file.path(), file));
        return new VersionComparison(
                left.ref(),
                right.ref(),
                facts,
                differences(left.metrics(), right.metrics()),
                differences(leftFiles, rightFiles));
    }

    private static void text(List<Difference<String>> out, String what, Object left, Object right) {
        if (!left.equals(right)) {
            out.add(new Difference<>(what, shown(left), shown(right)));
        }
    }

    private static Optional<String> shown(Object value) {
        String text = value instanceof Optional<?> optional
                ? optional.map(Object::toString).orElse("")
                : value.toString();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static <K extends Comparable<K>, V> SortedMap<K, Difference<V>> differences(
            SortedMap<K, V> left, SortedMap<K, V> right) {
        SortedSet<K> keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        SortedMap<K, Difference<V>> out = new TreeMap<>();
        for (K key : keys) {
            Optional<V> before = Optional.ofNullable(left.get(key));
            Optional<V> after = Optional.ofNullable(right.get(key));
            if (!before.equals(after)) {
                out.put(key, new Difference<>(key.toString(), before, after));
            }
        }
        return java.util.Collections.unmodifiableSortedMap(out);
    }

    /**
     * One difference.
     *
     * @param what what differs
     * @param left its value in the first version; empty if it has none
     * @param right its value in the second version; empty if it has none
     */
    public record Difference<T>(String what, Optional<T> left, Optional<T> right) {}
}
