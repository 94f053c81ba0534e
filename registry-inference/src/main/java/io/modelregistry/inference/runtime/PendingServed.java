package io.modelregistry.inference.runtime;

import java.util.concurrent.CompletableFuture;

/** A future whose request leaves the queue when it is cancelled. */
final class PendingServed extends CompletableFuture<Served> {
    private final Runnable released;
    private Runnable whenCancelled = () -> {};

    /** A future, and what is to be done when nothing of its request is computed any more. */
    PendingServed(Runnable released) {
        this.released = released;
    }

    /** Called once, by whoever has the duty to answer, when the model is done with the request or will never see it. */
    void release() {
        released.run();
    }

    /** To be set before anybody else has this future. */
    void whenCancelled(Runnable action) {
        whenCancelled = action;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            whenCancelled.run();
        }
        return cancelled;
    }
}
