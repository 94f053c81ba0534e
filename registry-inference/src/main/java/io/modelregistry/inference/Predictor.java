package io.modelregistry.inference;

import io.modelregistry.model.TensorSignature;
import java.util.List;
import java.util.OptionalLong;

/**
 * A loaded model. Safe for use by any number of threads; whoever loaded it closes it.
 *
 * <p>Inputs are checked against the {@linkplain #signature signature} by name, type and shape before the engine is
 * called.
 */
public interface Predictor extends AutoCloseable {
    /** What the model takes and gives: what was declared, reconciled with what the model says itself. */
    TensorSignature signature();

    /** Which engine runs the model, where, and at which precision. */
    PredictorDescription description();

    /**
     * Computes all outputs, in the order of the signature.
     *
     * @throws InvalidTensorException if an input is missing, unknown, or of another type or shape; nothing was computed
     * @throws PredictionFailedException if the engine fails
     * @throws PredictorClosedException after {@link #close}
     */
    default Tensors predict(Tensors inputs) {
        return predict(inputs, List.of());
    }

    /**
     * Computes some outputs, in the order given here.
     *
     * @param outputs distinct names of outputs; empty means all
     * @throws InvalidTensorException if an input does not fit, or an output is unknown or named twice; nothing was
     *     computed
     * @throws PredictionFailedException if the engine fails
     * @throws PredictorClosedException after {@link #close}
     */
    Tensors predict(Tensors inputs, List<String> outputs);

    /**
     * Computes the outputs named in {@code outputs} into the tensors that are there, without allocating new ones.
     *
     * <p>When it fails the contents of those tensors are undefined. They must not be used by another call at the same
     * time.
     *
     * @param outputs writable tensors, see {@link Tensor#allocate}, of the exact type and shape of the result
     * @throws InvalidTensorException if an input does not fit, an output is unknown, or a tensor cannot receive its
     *     output
     * @throws PredictionFailedException if the engine fails, or a result has another shape than its tensor
     * @throws PredictorClosedException after {@link #close}
     */
    void predictInto(Tensors inputs, Tensors outputs);

    /**
     * Computes all outputs of many inputs: those of equal shape are stacked along the first dimension and computed by
     * one call of the engine, where the model takes a batch. An input that does not fit or fails does not touch the
     * others.
     *
     * <p>A model takes a batch if the first dimension of all inputs and outputs is dynamic and the
     * {@linkplain #signature signature} calls it one: {@code batch}, {@code batch_size}, {@code N} and the like. Where
     * it has no name, the other dimensions of all inputs must be fixed, and there must be some. Other inputs are
     * computed one by one. A declared signature that names the dimension decides it: {@code x FP32[time,64]} keeps the
     * rows of two inputs apart in a model that relates rows to each other and does not say so, and
     * {@link LoadOptions.Builder#maxBatch maxBatch(1)} stacks nothing.
     *
     * @return one outcome per input, in the order of the inputs
     * @throws PredictorClosedException after {@link #close}
     */
    default List<Outcome<Tensors>> predictBatch(List<Tensors> inputs) {
        return predictBatch(inputs, List.of());
    }

    /**
     * Computes some outputs of many inputs, as {@link #predictBatch(List)} does.
     *
     * @param outputs distinct names of outputs; empty means all
     * @return one outcome per input, in the order of the inputs
     * @throws InvalidTensorException if an output is unknown or named twice; nothing was computed
     * @throws PredictorClosedException after {@link #close}
     */
    List<Outcome<Tensors>> predictBatch(List<Tensors> inputs, List<String> outputs);

    /** The same predictor for an application's own types; closing stays with this one. */
    default <I, O> TypedPredictor<I, O> as(Translator<I, O> translator) {
        return new TypedPredictor<>(this, translator);
    }

    /**
     * The native and direct memory that the model holds now, in bytes; empty if the engine cannot tell, or after
     * {@link #close}. Working memory that the engine keeps for large inputs is not in it.
     *
     * <p>For ONNX Runtime the direct memory is counted and the rest told from the model file by a rule, because the
     * runtime does not say what it allocates; {@link ModelFootprint} says how good that is.
     */
    default OptionalLong memoryBytes() {
        return OptionalLong.empty();
    }

    /** Whether {@link #close} was called. */
    boolean isClosed();

    /**
     * Admits no more calls and releases the engine's memory: at once if no thread is predicting, otherwise when the
     * last one is done. Does not wait, may be called again, and by any thread.
     */
    @Override
    void close();
}
