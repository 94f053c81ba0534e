package io.modelregistry.inference.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that close models, so that no request pays for it: daemons that end after a minute without work. After
 * {@link #close} whoever is the last user of a model closes it on its own thread. Thread-safe.
 */
public final class Unloading implements AutoCloseable {
    private static final int MAX_THREADS = 4;

    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Runnable> pending = ConcurrentHashMap.newKeySet();

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
        Once once = new Once(action);
        pending.add(once);
        try {
            Future<?> future = timer.schedule(() -> run(once), time.toNanos(), TimeUnit.NANOSECONDS);
            return () -> {
                pending.remove(once);
                future.cancel(false);
            };
        } catch (RejectedExecutionException e) {
            once.run();
            return () -> {};
        }
    }

    /** Something that happens at most once, as an identity of its own. */
    private final class Once implements Runnable {
        private final AtomicBoolean done = new AtomicBoolean();
        private final Runnable action;

        Once(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            pending.remove(this);
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        }
    }

    /**
     * Lets what is being closed come to its end, and takes no more work. What was to happen later happens now, on this
     * thread: nobody would do it any more.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        List.copyOf(pending).forEach(Runnable::run);
        threads.shutdown();
    }
}
