package io.modelregistry.inference.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts who is using a native resource, so that it is released exactly once and never under a running call.
 *
 * <p>The sign bit says closed, the rest counts users. Once closed, the count only falls, so it passes zero once:
 * whoever brings it there releases the resource. An engine that frees a session under a running call kills the JVM,
 * hence no shortcut here.
 */
public final class UserCount {
    private static final long CLOSED = Long.MIN_VALUE;

    private final AtomicLong state = new AtomicLong();
    private final Runnable release;

    /** Counts the users of what an action releases. */
    public UserCount(Runnable release) {
        this.release = release;
    }

    /** Registers a user; false if the resource was closed. Each success needs one {@link #leave}. */
    public boolean enter() {
        while (true) {
            long current = state.get();
            if (current < 0) {
                return false;
            }
            if (state.compareAndSet(current, current + 1)) {
                return true;
            }
        }
    }

    /** Ends what a successful {@link #enter} began; whoever is the last of a closed resource releases it. */
    public void leave() {
        if (state.decrementAndGet() == CLOSED) {
            release.run();
        }
    }

    /** Admits nobody any more; releases at once if nobody is inside. */
    public void close() {
        if (state.getAndUpdate(current -> current | CLOSED) == 0) {
            release.run();
        }
    }

    /** Admits nobody any more and releases, if nobody is inside; otherwise false, and nothing has changed. */
    public boolean closeIfUnused() {
        boolean isUnused = state.compareAndSet(0, CLOSED);
        if (isUnused) {
            release.run();
        }
        return isUnused;
    }

    /** How many are inside at the moment. */
    public int count() {
        return (int) state.get();
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return state.get() < 0;
    }
}
