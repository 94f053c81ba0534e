package io.modelregistry.inference.runtime;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something when a deadline passes, on one thread of its own, which starts with the first deadline. */
final class Deadlines {
    private final String threadName;
    private @Nullable ScheduledThreadPoolExecutor timers;
    private boolean stopped;

    Deadlines(String threadName) {
        this.threadName = threadName;
    }

    /** Null after {@link #stop}. What is returned may be cancelled, and is then forgotten at once. */
    @Nullable
    Future<?> in(long nanos, Runnable action) {
        ScheduledThreadPoolExecutor executor = timers();
        return executor == null ? null : executor.schedule(action, nanos, TimeUnit.NANOSECONDS);
    }

    private synchronized @Nullable ScheduledThreadPoolExecutor timers() {
        if (timers == null && !stopped) {
            timers = new ScheduledThreadPoolExecutor(
                    1,
                    task -> {
                        Thread thread = new Thread(task, threadName);
                        thread.setDaemon(true);
                        return thread;
                    },
                    new ThreadPoolExecutor.DiscardPolicy());
            timers.setRemoveOnCancelPolicy(true);
        }
        return timers;
    }

    synchronized void stop() {
        stopped = true;
        if (timers != null) {
            timers.shutdownNow();
        }
    }
}
