package io.modelregistry.inference;

import io.modelregistry.model.TensorSignature;
import java.util.List;
import java.util.OptionalLong;

/**
 * One model loaded by an engine: the part of a {@link Predictor} that a {@link PredictorProvider} writes.
 *
 * <p>The library puts a predictor around it, which checks inputs, forms batches, counts the calls under way and closes
 * this session once, when no call is under way. Implementing classes must comply with:
 *
 * <ul>
 *   <li>{@link #run} and {@link #runInto} may be called by any number of threads at once;
 *   <li>they get every input of {@link #signature}, in any order, each of a type and shape that it accepts;
 *   <li>they get names of existing outputs, each at most once, at least one, and answer in that order;
 *   <li>what they return holds no native memory;
 *   <li>a failure is a {@link PredictionFailedException}; any other exception becomes one.
 * </ul>
 */
public interface EngineSession extends AutoCloseable {
    /** What the model takes and gives, as the engine sees it. */
    TensorSignature signature();

    /** Which engine this is, where it runs, and at which precision. */
    PredictorDescription description();

    /** Computes the named outputs. */
    Tensors run(Tensors inputs, List<String> outputs);

    /**
     * Computes the outputs into the writable tensors that are there. Engines that can compute in place override this;
     * the rest compute and copy.
     */
    default void runInto(Tensors inputs, Tensors outputs) {
        Tensors computed = run(inputs, outputs.names());
        String model = description().model();
        outputs.forEach((name, target) -> Outputs.copy(model, name, computed.value(name), target));
    }

    /**
     * The native and direct memory that the model holds now, in bytes, as far as this engine can tell; empty if it
     * cannot. Called while the session is open.
     */
    default OptionalLong memoryBytes() {
        return OptionalLong.empty();
    }

    /** Releases the engine's memory; called once, while no call is under way. */
    @Override
    void close();
}
