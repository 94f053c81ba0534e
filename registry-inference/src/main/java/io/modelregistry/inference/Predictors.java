package io.modelregistry.inference;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.RegisteredVersion;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Where predictors come from. */
public final class Predictors {
    private Predictors() {}

    /**
     * A predictor that is a Java function: a fixture for tests, or a model written in Java. It checks inputs, forms
     * batches and closes like any other.
     *
     * @param function gives every output of the signature; called by as many threads as predict
     */
    public static Predictor of(TensorSignature signature, UnaryOperator<Tensors> function) {
        return new CheckedPredictor(new FunctionSession(signature, function), signature, Integer.MAX_VALUE, () -> {});
    }

    /**
     * Loads a model that lies in a local file or folder, on the CPU.
     *
     * @param fileOrFolder a model file with what belongs to it beside it, or a folder that holds one model
     * @throws RegistryException as {@link #load(ModelSource, LoadOptions)} does
     */
    public static Predictor load(Path fileOrFolder) {
        return load(fileOrFolder, LoadOptions.defaults());
    }

    /**
     * Loads a model that lies in a local file or folder.
     *
     * @param fileOrFolder a model file with what belongs to it beside it, or a folder that holds one model
     * @throws InvalidValueException if there is nothing, or a folder holds no model or several and the options name
     *     none of them
     * @throws RegistryException as {@link #load(ModelSource, LoadOptions)} does
     */
    public static Predictor load(Path fileOrFolder, LoadOptions options) {
        return load(LocalModel.at(fileOrFolder, options), options);
    }

    /**
     * Loads a version of a registry, on the CPU.
     *
     * @param ref a reference such as {@code digits@production}, resolved now: the predictor stays with the version that
     *     it leads to
     * @throws RegistryException as {@link #load(ModelRegistry, String, LoadOptions)} does
     */
    public static Predictor load(ModelRegistry registry, String ref) {
        return load(registry, ref, LoadOptions.defaults());
    }

    /**
     * Loads a version of a registry. The engine is handed files that were checked against the sealed digests in this
     * process, and stay on this host until the predictor is closed: close it before the registry.
     *
     * @param ref a reference such as {@code digits@production}, resolved now: the predictor stays with the version that
     *     it leads to
     * @throws io.modelregistry.registry.ModelNotFoundException if the reference leads to no version
     * @throws io.modelregistry.registry.CorruptionException if a file is not what was sealed
     * @throws InvalidValueException if the version holds several models of its framework and the options name none of
     *     them
     * @throws RegistryException as {@link #load(ModelSource, LoadOptions)} does
     */
    public static Predictor load(ModelRegistry registry, String ref, LoadOptions options) {
        RegisteredVersion version = registry.get(ref);
        EarlyStart.begin(version, options);
        PinnedFolder folder = registry.artifacts(version.ref()).pin();
        try {
            return load(RegisteredSource.of(version, folder.path(), options), options, folder::close);
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Loads a model with the provider that the options name, or with the one that accepts it.
     *
     * @throws UnsupportedModelException if no provider accepts the model, or two do and the options name none
     * @throws EngineUnavailableException if the provider's engine is absent
     * @throws DeviceUnavailableException if the device is absent
     * @throws ModelLoadException if the engine refuses the files, or a warm-up run fails
     * @throws SignatureMismatchException if the declared signature contradicts the model's own
     */
    public static Predictor load(ModelSource source, LoadOptions options) {
        return load(source, options, () -> {});
    }

    /** The same, and runs an action when the engine has let go of the files. */
    private static Predictor load(ModelSource source, LoadOptions options, Runnable whenReleased) {
        PredictorProvider provider = Providers.choose(source, options);
        EngineSession session = provider.load(source, options);
        try {
            TensorSignature signature = source.findDeclared()
                    .map(declared -> DeclaredSignature.reconcile(source.id(), declared, session.signature()))
                    .orElse(session.signature());
            Predictor predictor = new CheckedPredictor(session, signature, options.maxBatch(), whenReleased);
            warmUp(source, predictor, options.warmUpRuns());
            return predictor;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    private static void warmUp(ModelSource source, Predictor predictor, int runs) {
        if (runs == 0) {
            return;
        }
        Tensors inputs = Tensors.zeros(predictor.signature());
        try {
            for (int i = 0; i < runs; i++) {
                predictor.predict(inputs);
            }
        } catch (RegistryException e) {
            throw new ModelLoadException(
                    source, "a warm-up run with zeros failed: " + e.getMessage(), "a model that can compute them", e);
        }
    }
}
