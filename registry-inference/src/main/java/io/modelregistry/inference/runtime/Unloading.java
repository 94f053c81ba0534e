package io.modelregistry.inference.runtime;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that close models, so that no request pays for it: daemons that end after a minute without work. After
 * {@link #close} whoever is the last user of a model closes it on its own thread. Thread-safe.
 */
public final class Unloading implements AutoCloseable {
    private static final int MAX_THREADS = 4;

    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * Threads of a name.
     *
     * @param name the beginning of their names
     */
    public Unloading(String name) {
        threads = new ThreadPoolExecutor(
                MAX_THREADS, MAX_THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), daemons(name + "-unload"));
        threads.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, daemons(name + "-drain"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs an action on one of the threads. */
    void run(Runnable action) {
        try {
            threads.execute(action);
        } catch (RejectedExecutionException e) {
            action.run();
        }
    }

    /** Something that is to happen later. */
    @FunctionalInterface
    interface Timer {
        /** Keeps it from happening, if it has not happened yet. */
        void cancel();
    }

    /** Runs an action on one of the threads when a time has passed; at once after {@link #close}. */
    Timer after(Duration time, Runnable action) {
        try {
            Future<?> future = timer.schedule(() -> run(action), time.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            action.run();
            return () -> {};
        }
    }

    /** Lets what is being closed come to its end, and takes no more work. */
    @Override
    public void close() {
        timer.shutdownNow();
        threads.shutdown();
    }
}
