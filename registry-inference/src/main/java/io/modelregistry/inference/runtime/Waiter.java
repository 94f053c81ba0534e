package io.modelregistry.inference.runtime;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for a permit. What is not volatile is guarded by the lock of its line. */
final class Waiter {
    /** What became of it; decided once. */
    enum Fate {
        WAITING,
        GRANTED,
        EXPIRED,
        CLOSED
    }

    private final Thread thread = Thread.currentThread();
    private final RequestContext context;
    private volatile Fate fate = Fate.WAITING;

    @Nullable
    Waiter before;

    @Nullable
    Waiter after;

    /** The next one that is to be woken. */
    @Nullable
    Waiter nextWoken;

    Waiter(RequestContext context) {
        this.context = context;
    }

    RequestContext context() {
        return context;
    }

    Fate fate() {
        return fate;
    }

    void decide(Fate decided) {
        fate = decided;
    }

    void wake() {
        LockSupport.unpark(thread);
    }
}
