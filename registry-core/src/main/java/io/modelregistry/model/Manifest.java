package io.modelregistry.model;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a version is: its files with their digests, and everything its authors said of it when they published it.
 * Immutable once sealed; what is learnt later is an {@code Attachment} or belongs to the {@link Overlay}.
 *
 * @param id a unique id of this registration
 * @param name the model
 * @param version the version
 * @param format the framework and the kind of model
 * @param files ascending by path, at least one, no two alike but for case
 * @param io what the model takes and gives
 * @param training where it comes from
 * @param metrics by name; finite
 * @param usage intended use and limits
 * @param dependencies what it needs at run time, such as {@code scikit-learn==1.2.1}
 * @param fields custom fields by name
 * @param created who made it and when
 */
public record Manifest(
        String id,
        ModelName name,
        ModelVersion version,
        ModelFormat format,
        List<ArtifactFile> files,
        ModelInterface io,
        Training training,
        SortedMap<String, Double> metrics,
        UsageNotes usage,
        List<String> dependencies,
        SortedMap<String, FieldValue> fields,
        Creation created) {
    /** Copies the collections, and checks names, metrics and file paths. */
    public Manifest {
        Texts.required("manifest id", id);
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(format, "format");
        files = files.stream().sorted((a, b) -> a.path().compareTo(b.path())).toList();
        checkPaths(name, files.stream().map(ArtifactFile::path).toList());
        Objects.requireNonNull(io, "io");
        Objects.requireNonNull(training, "training");
        metrics.forEach(Manifest::checkMetric);
        metrics = Texts.fields("metric", unsignedZeros(metrics));
        Objects.requireNonNull(usage, "usage");
        dependencies = List.copyOf(dependencies);
        dependencies.forEach(dependency -> Texts.required("dependency", dependency));
        fields = Texts.fields("custom field", fields);
        Objects.requireNonNull(created, "created");
    }

    /** JSON numbers that are read exactly have no negative zero. */
    private static SortedMap<String, Double> unsignedZeros(SortedMap<String, Double> metrics) {
        SortedMap<String, Double> copy = new TreeMap<>(metrics);
        copy.replaceAll((metric, value) -> value + 0.0);
        return copy;
    }

    /** The exact reference of the version. */
    public ModelRef ref() {
        return ModelRef.of(name, version);
    }

    /** The file at a path; empty if there is none. */
    public Optional<ArtifactFile> findFile(ArtifactPath path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    /** The length of all files together, in bytes. */
    public long totalSize() {
        return files.stream().mapToLong(ArtifactFile::size).sum();
    }

    /** Whether the other manifest says the same but for its id, its author and its time. */
    public boolean saysTheSameAs(Manifest other) {
        return new Manifest(
                        id,
                        name,
                        version,
                        format,
                        files,
                        io,
                        training,
                        metrics,
                        usage,
                        dependencies,
                        fields,
                        other.created)
                .equals(new Manifest(
                        id,
                        other.name,
                        other.version,
                        other.format,
                        other.files,
                        other.io,
                        other.training,
                        other.metrics,
                        other.usage,
                        other.dependencies,
                        other.fields,
                        other.created));
    }

    /**
     * Refuses a set of paths that cannot be a folder on every file system.
     *
     * @throws InvalidValueException if there is none, two are alike but for case, or one is a folder of another
     */
    public static void checkPaths(ModelName name, List<ArtifactPath> paths) {
        if (paths.isEmpty()) {
            throw new InvalidValueException("files of model", name.toString(), "there are none", "at least one file");
        }
        Set<String> taken = new HashSet<>();
        for (ArtifactPath path : paths) {
            if (!taken.add(path.folded())) {
                throw new InvalidValueException(
                        "file",
                        path.toString(),
                        "another file has this path on a disk that ignores case",
                        "distinct paths");
            }
        }
        for (ArtifactPath path : paths) {
            String folded = path.folded();
            for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
                if (taken.contains(folded.substring(0, slash))) {
                    throw new InvalidValueException(
                            "file", path.toString(), "its folder is a file of the same version", "distinct paths");
                }
            }
        }
    }

    /** Refuses a metric that is not finite. */
    public static void checkMetric(String metric, double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidValueException("metric", metric + "=" + value, "it is not finite", "a finite number");
        }
    }

    /**
     * The framework and the kind of a model.
     *
     * @param framework what made it
     * @param modelType what it is to its authors, such as {@code classifier}; empty if not said
     * @param safety what loading it with its framework lets the files do, as found when it was registered
     */
    public record ModelFormat(Framework framework, String modelType, LoadSafety safety) {
        /** Checks for nulls and bounds the text. */
        public ModelFormat {
            Objects.requireNonNull(framework, "framework");
            Objects.requireNonNull(safety, "safety");
            Texts.bounded("model type", modelType, Texts.MAX_FIELD_NAME);
        }
    }

    /**
     * Who made something, and when.
     *
     * @param by the caller
     * @param at by the registry's clock
     */
    public record Creation(Principal by, Instant at) {
        /** Checks for nulls. */
        public Creation {
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(at, "at");
        }
    }
}
