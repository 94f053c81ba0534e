package io.modelregistry.storm;

import java.util.Optional;

/**
 * What an object does when calls come one after the other.
 *
 * @param <S> its states: immutable, with equality
 * @param <A> what is asked and answered
 */
interface SequentialObject<S, A> {
    /** The state before the first call. */
    S initial();

    /**
     * The state after a call; empty if it would not have given this answer. A call without an answer always has a state
     * after it: it took effect if it could.
     */
    Optional<S> after(S state, A act);
}
