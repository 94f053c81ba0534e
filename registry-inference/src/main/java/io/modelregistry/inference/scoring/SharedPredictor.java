package io.modelregistry.inference.scoring;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.Predictor;
import io.modelregistry.model.Digest;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.VersionSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handle to a model that is shipped to other JVMs, and loads the model once in each of them: for jobs on Spark, Flink
 * and the like, whose tasks run in JVMs that the job does not own.
 *
 * <pre>{@code
 * SharedPredictor model = SharedPredictor.of(URI.create("s3://models"), "digits@production");
 * JavaRDD<Long> labels = rows.mapPartitions(part -> label(BatchScorer.of(model.predictor()).score(part)));
 * }</pre>
 *
 * <p>It holds where the registry is, a reference that was pinned with its digest when the handle was made, and load
 * settings: all tasks compute with the same bytes, wherever an alias moves meanwhile. It holds no secret and nothing
 * native; each JVM takes its credentials from its own environment.
 *
 * <p>A model stays loaded until the JVM ends or {@link #closeAll}. Immutable, and safe for use by any number of
 * threads.
 */
public final class SharedPredictor implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RegistryOpener registry;
    private final String sourceId;
    private final String ref;
    private final LoadSettings settings;

    private SharedPredictor(RegistryOpener registry, String sourceId, String ref, LoadSettings settings) {
        this.registry = registry;
        this.sourceId = sourceId;
        this.ref = ref;
        this.settings = settings;
    }

    /** A handle to a version in the registry at a URI, on the CPU. */
    public static SharedPredictor of(URI store, String ref) {
        return of(store, ref, LoadOptions.defaults());
    }

    /**
     * A handle to a version in the registry at a URI. The URI must mean the same store in every JVM, and is opened with
     * the defaults of {@link ModelRegistries#open(URI)}.
     *
     * @param ref resolved now
     * @throws io.modelregistry.registry.ModelNotFoundException if the reference leads to no version
     * @throws InvalidValueException if the URI holds credentials, or no provider opens it, or the options hold a
     *     provider itself
     */
    public static SharedPredictor of(URI store, String ref, LoadOptions options) {
        String authority = store.getRawAuthority();
        if (authority != null && authority.indexOf('@') >= 0) {
            throw new InvalidValueException(
                    "storage URI",
                    store.getScheme() + ":...",
                    "it holds credentials, which would be shipped",
                    "a URI without any");
        }
        return pinned(new AtUri(store), "uri " + store, ref, options);
    }

    /**
     * A handle to a version in a registry that is opened in a way of the application's own.
     *
     * @param registry opens the registry, here to resolve the reference and in each JVM once
     * @param ref resolved now
     * @throws io.modelregistry.registry.ModelNotFoundException if the reference leads to no version
     * @throws InvalidValueException if the opener cannot be serialised, or the options hold a provider itself
     */
    public static SharedPredictor of(RegistryOpener registry, String ref, LoadOptions options) {
        return pinned(registry, "opener " + digest(registry), ref, options);
    }

    /** Openers of the same code with the same captured values have the same bytes, and may share a model. */
    private static Digest digest(RegistryOpener registry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(registry);
        } catch (IOException e) {
            throw new InvalidValueException(
                    "registry opener", registry.getClass().getName(), e.toString(), "one that can be serialised");
        }
        return Digest.sha256(bytes.toByteArray());
    }

    private static SharedPredictor pinned(RegistryOpener source, String sourceId, String ref, LoadOptions options) {
        LoadSettings settings = LoadSettings.of(options);
        try (ModelRegistry open = source.open()) {
            VersionSummary version = open.resolve(ref);
            ModelRef exact = ModelRef.of(version.name(), version.version(), version.manifestDigest());
            return new SharedPredictor(source, sourceId, exact.toString(), settings);
        }
    }

    /** The version with the digest of its manifest. */
    public ModelRef ref() {
        return ModelRef.parse(ref);
    }

    /** How it is loaded. */
    public LoadOptions options() {
        return settings.toOptions();
    }

    /**
     * The predictor of this JVM. The first call loads it; calls at the same time wait for that one. After a failed load
     * the next call tries again. Closing what is returned does nothing, as others use it.
     *
     * @throws RegistryException as {@link io.modelregistry.inference.Predictors#load(ModelRegistry, String,
     *     LoadOptions)} does
     */
    public Predictor predictor() {
        return LoadedPredictors.get(new LoadedPredictors.Key(sourceId, ref, settings), registry);
    }

    /** Whether both lead to the same predictor. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SharedPredictor shared
                && sourceId.equals(shared.sourceId)
                && ref.equals(shared.ref)
                && settings.equals(shared.settings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(sourceId, ref, settings);
    }

    @Override
    public String toString() {
        return "SharedPredictor[" + ref + "]";
    }

    /**
     * Closes all predictors of this JVM that handles have loaded, and their registries; a later call of
     * {@link #predictor} loads anew. Predictions that run are finished first; later ones with a predictor that was
     * taken before fail.
     */
    public static void closeAll() {
        LoadedPredictors.closeAll();
    }

    private record AtUri(URI store) implements RegistryOpener {
        private static final long serialVersionUID = 1L;

        @Override
        public ModelRegistry open() {
            return ModelRegistries.open(store);
        }
    }
}
