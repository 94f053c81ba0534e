package io.modelregistry.registry;

/** A move of a version to a stage that has not been made yet. Not thread-safe. */
public interface Move {
    /** Why, for the history. */
    Move because(String reason);

    /** Only if the model is still at this revision. */
    Move ifRevision(long revision);

    /**
     * Makes the move; together with what it displaces it is one commit. A version that is there already stays, and
     * nothing is committed.
     *
     * @throws IllegalTransitionException if the lifecycle does not allow it
     */
    RegisteredVersion commit();
}
