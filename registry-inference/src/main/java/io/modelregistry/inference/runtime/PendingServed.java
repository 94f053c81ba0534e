package io.modelregistry.inference.runtime;

import java.util.concurrent.CompletableFuture;

/** A future whose request leaves the queue when it is cancelled. */
final class PendingServed extends CompletableFuture<Served> {
    private Runnable whenCancelled = () -> {};

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
