package io.modelregistry.inference;

import io.modelregistry.model.RegistryException;

/**
 * What became of one input of a batch.
 *
 * @param <T> what a success holds
 */
public sealed interface Outcome<T> {
    /** Whether there is a value. */
    default boolean isSuccess() {
        return this instanceof Success;
    }

    /**
     * The value.
     *
     * @throws RegistryException the error, if there is no value
     */
    T orThrow();

    /**
     * The prediction for this input.
     *
     * @param value the outputs, or what a {@link Translator} made of them
     * @param <T> what it holds
     */
    record Success<T>(T value) implements Outcome<T> {
        @Override
        public T orThrow() {
            return value;
        }
    }

    /**
     * Why there is no prediction for this input.
     *
     * @param error the same error that a single prediction would have thrown
     * @param <T> what a success would have held
     */
    record Failure<T>(RegistryException error) implements Outcome<T> {
        @Override
        public T orThrow() {
            throw error;
        }
    }
}
