package io.modelregistry.inference;

import io.modelregistry.model.RegistryException;
import java.util.List;

/**
 * An engine that can run models; found by {@link java.util.ServiceLoader} or given in the {@link LoadOptions}.
 *
 * <p>Implementing classes must comply with: constructing one, {@link #id} and {@link #accepts} load no native library
 * and never throw; {@link #availability} reports what is missing instead of throwing, also when the engine's classes
 * are absent or its library fails with a {@link LinkageError}.
 */
public interface PredictorProvider {
    /** A stable name such as {@code onnxruntime}, by which load options choose. */
    String id();

    /**
     * Whether this engine is made for models like this one, by framework and files; says nothing about being available.
     */
    boolean accepts(ModelSource source);

    /** Whether the engine can be used in this process. May load its native library the first time. */
    Availability availability();

    /**
     * The devices that can be asked for here, such as {@code [cpu, cuda:0]}; empty while the engine is not available.
     */
    List<String> devices();

    /**
     * About how many bytes of native and direct memory a model will take when it is loaded, told from its files without
     * loading anything: their size, unless the provider knows better.
     *
     * @throws RegistryException if the files cannot be read
     */
    default long estimateMemory(ModelSource source, LoadOptions options) {
        return ModelFootprint.fileBytes(source);
    }

    /**
     * Loads a model. Called only when the engine is available.
     *
     * @throws ModelLoadException if the engine refuses the files
     * @throws DeviceUnavailableException if the device of the options is absent
     * @throws UnsupportedModelException if the model has inputs or outputs that cannot be exchanged with this engine
     * @throws RegistryException of another kind if the files cannot be read
     */
    EngineSession load(ModelSource source, LoadOptions options);
}
