package io.modelregistry.internal.commit;

import io.modelregistry.event.Change;
import io.modelregistry.internal.state.HeadState;

/** What a change decided on a {@link Draft}; to refuse, it throws. */
public sealed interface Proposal<R> {
    /** Nothing has to change. */
    record Keep<R>(R result) implements Proposal<R> {}

    /** The head is to be replaced. */
    record Replace<R>(HeadState state, Change change, R result) implements Proposal<R> {}
}
