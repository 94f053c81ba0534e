package io.modelregistry.inference.deployment;

import java.util.concurrent.atomic.AtomicInteger;

/** What became of the sessions of an engine. Thread-safe. */
final class SessionCount {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();

    /** Calls that had begun or ended after the session was closed: in a native engine, the end of the JVM. */
    final AtomicInteger misused = new AtomicInteger();

    int open() {
        return opened.get() - closed.get();
    }

    @Override
    public String toString() {
        return "%s sessions opened, %s closed, %s calls of closed ones"
                .formatted(opened.get(), closed.get(), misused.get());
    }
}
