package io.modelregistry.inference.deployment;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** A thread that makes one call, so that a test can interrupt it and see how the call ends. */
final class Caller<T> {
    private static final int LIMIT_SECONDS = 60;

    private final FutureTask<T> task;
    private final Thread thread;
    private volatile boolean interruptedAfter;

    private Caller(Callable<T> call) {
        task = new FutureTask<>(() -> {
            try {
                return call.call();
            } finally {
                interruptedAfter = Thread.currentThread().isInterrupted();
            }
        });
        thread = new Thread(task, "caller");
        thread.setDaemon(true);
    }

    static <T> Caller<T> start(Callable<T> call) {
        Caller<T> caller = new Caller<>(call);
        caller.thread.start();
        return caller;
    }

    /** Waits until the thread waits in its call. */
    Caller<T> awaitWaiting() {
        Awaitility.await()
                .until(() ->
                        thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Whether the call left the interrupt flag set. */
    boolean wasInterruptedAfter() {
        return interruptedAfter;
    }

    /** What the call returned, or its exception. */
    T get() throws Exception {
        try {
            return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("The call does not return; it is in " + threadDump(), e);
        }
    }

    /** The stacks of all threads, for a failure. */
    static String threadDump() {
        StringBuilder dump = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            dump.append('\n').append(thread).append(' ').append(thread.getState());
            for (StackTraceElement element : stack) {
                dump.append("\n    ").append(element);
            }
        });
        return dump.toString();
    }
}
