package io.modelregistry.internal.commit;

import io.modelregistry.internal.store.StoreErrors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Lets the calls of one process on one head go one after the other, in order of arrival: they would only make each
 * other fail. Safety does not depend on it. Thread-safe.
 */
final class CommitQueue {
    private static final int STRIPES = 64;

    private final ReentrantLock[] stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock(true)).toArray(ReentrantLock[]::new);

    /**
     * Waits for the turn of the calling thread, which ends when it is closed.
     *
     * @param name whose head it is
     */
    Turn enter(Object name, String action) {
        ReentrantLock stripe = stripes[Math.floorMod(name.hashCode(), STRIPES)];
        try {
            stripe.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreErrors.interrupted(action, e);
        }
        return stripe::unlock;
    }

    /** A turn in the queue. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }
}
