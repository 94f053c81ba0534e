package io.modelregistry.inference;

/**
 * Turns an application's own types into tensors and back; must be safe for use by many threads.
 *
 * @param <I> what the application asks with
 * @param <O> what it wants to know
 */
public interface Translator<I, O> {
    /** The tensors for one input, by the names of the model's signature. */
    Tensors toTensors(I input);

    /** What the model's outputs mean. */
    O fromTensors(Tensors outputs);
}
