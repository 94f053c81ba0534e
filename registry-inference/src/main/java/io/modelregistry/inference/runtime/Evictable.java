package io.modelregistry.inference.runtime;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A loaded model that a {@link MemoryBudget} may unload to make room for another one. */
@FunctionalInterface
public interface Evictable {
    /**
     * Begins to unload the model if nobody uses it, and does not wait for the end.
     *
     * <p>Called by a thread that wants memory, which holds no lock of the budget. Must not reserve memory itself.
     *
     * @return completes when the model's memory has been given back, which ends its reservation; fails if it was not,
     *     which keeps the reservation and has it never evicted again, unless its holder says so. Empty if the model is
     *     in use: nothing has changed then, and the budget may ask again soon
     */
    Optional<CompletionStage<?>> tryEvict();
}
