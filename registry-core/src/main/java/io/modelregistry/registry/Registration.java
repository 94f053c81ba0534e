package io.modelregistry.registry;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.JsonSchema;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelInterface;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.Training;
import io.modelregistry.model.UsageNotes;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be registered: a model's name, the files or the object, and everything that is known of it. Immutable;
 * made by a {@link Builder}.
 */
public final class Registration {
    private final ModelName name;
    private final VersionChoice version;
    private final List<ArtifactSource> files;
    private final Optional<Object> object;
    private final Optional<Framework> framework;
    private final String modelType;
    private final ModelInterface io;
    private final Training training;
    private final SortedMap<String, Double> metrics;
    private final UsageNotes usage;
    private final List<String> dependencies;
    private final SortedMap<String, FieldValue> fields;
    private final String reason;
    private final UploadProgress progress;

    private Registration(Builder builder) {
        name = builder.name;
        version = builder.version;
        files = List.copyOf(builder.files.values());
        object = Optional.ofNullable(builder.object);
        framework = Optional.ofNullable(builder.framework);
        modelType = builder.modelType;
        io = builder.io;
        training = builder.training.build();
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(builder.metrics));
        usage = builder.usage;
        dependencies = List.copyOf(builder.dependencies);
        fields = Collections.unmodifiableSortedMap(new TreeMap<>(builder.fields));
        reason = builder.reason;
        progress = builder.progress;
    }

    /** A registration without files yet. */
    public static Builder of(String name) {
        return of(ModelName.parse(name));
    }

    /** A registration without files yet. */
    public static Builder of(ModelName name) {
        return new Builder(name);
    }

    /** A registration of a file, under its own name, or of everything in a folder. */
    public static Builder of(String name, Path fileOrFolder) {
        return of(name).add(fileOrFolder);
    }

    /**
     * A registration of an object, which the registry's serializer for its class will write.
     *
     * @throws InvalidValueException if it is a text or a {@link java.io.File}, which is hardly meant to be the model;
     *     {@link Builder#object} takes texts, too
     */
    public static Builder of(String name, Object model) {
        if (model instanceof CharSequence || model instanceof File) {
            throw new InvalidValueException(
                    "model object", model.toString(), "it looks like the name of a file", "Path.of(...) for a file");
        }
        return of(name).object(model);
    }

    /** The model. */
    public ModelName name() {
        return name;
    }

    /** Which version it will be. */
    public VersionChoice version() {
        return version;
    }

    /** The files, in the order they were added. */
    public List<ArtifactSource> files() {
        return files;
    }

    /** The object to be written by a serializer; empty if there are files. */
    public Optional<Object> object() {
        return object;
    }

    /** The framework, if it was said; else it is found out from the files. */
    public Optional<Framework> framework() {
        return framework;
    }

    /** What the model is to its authors; empty if not said. */
    public String modelType() {
        return modelType;
    }

    /** What it takes and gives. */
    public ModelInterface io() {
        return io;
    }

    /** Where it comes from. */
    public Training training() {
        return training;
    }

    /** Its metrics by name. */
    public SortedMap<String, Double> metrics() {
        return metrics;
    }

    /** What it is meant for. */
    public UsageNotes usage() {
        return usage;
    }

    /** What it needs at run time. */
    public List<String> dependencies() {
        return dependencies;
    }

    /** Custom fields by name. */
    public SortedMap<String, FieldValue> fields() {
        return fields;
    }

    /** Why it is registered; empty if not said. */
    public String reason() {
        return reason;
    }

    /** Who hears how far the upload is. */
    public UploadProgress progress() {
        return progress;
    }

    /** Which version a registration becomes. */
    public sealed interface VersionChoice {
        /** Exactly this one. */
        record Exactly(ModelVersion version) implements VersionChoice {
            /** Checks for null. */
            public Exactly {
                Objects.requireNonNull(version, "version");
            }
        }

        /** The next free one after the newest; 1.0.0 if there is none. */
        record Next(Increment increment) implements VersionChoice {
            /** Checks for null. */
            public Next {
                Objects.requireNonNull(increment, "increment");
            }
        }
    }

    /**
     * Collects a registration; not thread-safe. Files are looked at when they are added and read when they are
     * registered.
     */
    public static final class Builder {
        private final ModelName name;
        private VersionChoice version = new VersionChoice.Next(Increment.PATCH);
        private final Map<ArtifactPath, ArtifactSource> files = new LinkedHashMap<>();
        private @Nullable Object object;
        private @Nullable Framework framework;
        private String modelType = "";
        private ModelInterface io = ModelInterface.UNDECLARED;
        private final Training.Builder training = Training.builder();
        private final Map<String, Double> metrics = new TreeMap<>();
        private UsageNotes usage = UsageNotes.EMPTY;
        private final List<String> dependencies = new ArrayList<>();
        private final Map<String, FieldValue> fields = new TreeMap<>();
        private String reason = "";
        private UploadProgress progress = UploadProgress.NONE;

        private Builder(ModelName name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Exactly this version, such as {@code 1.4.0}. */
        public Builder version(String exact) {
            return version(ModelVersion.parse(exact));
        }

        /** Exactly this version. */
        public Builder version(ModelVersion exact) {
            version = new VersionChoice.Exactly(exact);
            return this;
        }

        /** The next free version; without this call, and without a version, the next patch. */
        public Builder next(Increment increment) {
            version = new VersionChoice.Next(increment);
            return this;
        }

        /**
         * Adds a file under its own name, or everything in a folder under its relative path. Names that start with a
         * dot are left out, as are the folders that have such a name.
         *
         * @throws InvalidArtifactException if there is nothing to add, something cannot be read, or a link leads out of
         *     the folder
         */
        public Builder add(Path fileOrFolder) {
            SourceFolder.sources(fileOrFolder).forEach(this::add);
            return this;
        }

        /** Adds a file from memory; the array must not be changed until the registration ends. */
        public Builder file(String path, byte[] bytes) {
            return add(ArtifactSource.of(ArtifactPath.of(path), bytes));
        }

        /** Adds a file of the host under another path. */
        public Builder file(String path, Path file) {
            return add(ArtifactSource.of(ArtifactPath.of(path), file));
        }

        /** Adds a file of the host under another path, and says what it is for. */
        public Builder file(String path, FileKind kind, Path file) {
            return add(ArtifactSource.of(ArtifactPath.of(path), file).as(kind));
        }

        /**
         * Adds a file.
         *
         * @throws InvalidArtifactException if one with this path was added before
         */
        public Builder add(ArtifactSource source) {
            if (files.putIfAbsent(source.path(), source) != null) {
                throw new InvalidArtifactException(
                        source.path().toString(), "it was added twice", "each path once", null);
            }
            return this;
        }

        /** The object to be written by the registry's serializer for its class, instead of files. */
        public Builder object(Object model) {
            object = Objects.requireNonNull(model, "model");
            return this;
        }

        /** The framework, instead of finding it out from the files; an unknown version is empty. */
        public Builder framework(String frameworkName, String frameworkVersion) {
            return framework(Framework.of(frameworkName, frameworkVersion));
        }

        /** The framework, instead of finding it out from the files. */
        public Builder framework(Framework declared) {
            framework = Objects.requireNonNull(declared, "declared");
            return this;
        }

        /** What the model is to its authors, such as {@code classifier}. */
        public Builder modelType(String type) {
            modelType = Objects.requireNonNull(type, "type");
            return this;
        }

        /** The tensors that it takes and gives. */
        public Builder signature(TensorSignature signature) {
            io = io.withSignature(signature);
            return this;
        }

        /** The schema of its input. */
        public Builder inputSchema(JsonSchema schema) {
            io = io.withInput(schema);
            return this;
        }

        /** The schema of its output. */
        public Builder outputSchema(JsonSchema schema) {
            io = io.withOutput(schema);
            return this;
        }

        /** Says where it comes from. */
        public Builder training(Consumer<Training.Builder> facts) {
            facts.accept(training);
            return this;
        }

        /** Adds or replaces a metric, which must be finite. */
        public Builder metric(String metric, double value) {
            Manifest.checkMetric(metric, value);
            metrics.put(metric, value);
            return this;
        }

        /** What it is meant for. */
        public Builder usage(UsageNotes notes) {
            usage = Objects.requireNonNull(notes, "notes");
            return this;
        }

        /** Adds something that it needs at run time. */
        public Builder dependency(String dependency) {
            dependencies.add(Objects.requireNonNull(dependency, "dependency"));
            return this;
        }

        /** Adds or replaces a custom field. */
        public Builder field(String field, FieldValue value) {
            fields.put(field, Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Why it is registered, for the history. */
        public Builder because(String why) {
            reason = Objects.requireNonNull(why, "why");
            return this;
        }

        /** Who hears how far the upload is. */
        public Builder progress(UploadProgress listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The registration. It need not have files yet: {@link ModelRegistry#upload} adds them later.
         *
         * @throws InvalidArtifactException if it has both files and an object
         */
        public Registration build() {
            if (object != null && !files.isEmpty()) {
                throw new InvalidArtifactException(
                        files.keySet().iterator().next().toString(),
                        "the registration has an object, too",
                        "either files or an object",
                        null);
            }
            return new Registration(this);
        }
    }
}
