package io.modelregistry.inference.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that work while there is something to do, and the slots that bound how many calls of the model they and
 * callers make at once. A thread is woken only if one sleeps, so none is under load.
 */
final class Workers {
    /** What the threads do. */
    interface Work {
        /**
         * Does one piece if there is one.
         *
         * @return how long there will be nothing to do, unless something is {@linkplain Workers#signal signalled}; 0 to
         *     be called again at once
         */
        long run();

        /** Whether there is something to do, as far as can be told without trying. */
        boolean isThere();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    /** What fails again and again is not to take a processor, and fill the log, for itself. */
    private static final long PAUSE_AFTER_FAILURE = 10_000_000;

    private final String name;
    private final Work work;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final AtomicInteger slotsInUse = new AtomicInteger();
    private volatile int count;
    private volatile boolean complete;
    private volatile boolean stopped;

    Workers(String name, int count, Work work) {
        this.name = name;
        this.count = count;
        this.work = work;
    }

    int count() {
        return count;
    }

    /** Changes how many there are; those that are too many end after what they do. */
    synchronized void resize(int newCount) {
        count = newCount;
        complete = false;
        wakeAll();
    }

    /** Starts threads that are missing, at the first piece of work: a batcher that is never asked to queue has none. */
    void ensureStarted() {
        if (!complete) {
            start();
        }
    }

    private synchronized void start() {
        List<Integer> present = new ArrayList<>();
        workers.forEach(worker -> present.add(worker.index));
        for (int index = 0; !stopped && index < count; index++) {
            if (!present.contains(index)) {
                Worker worker = new Worker(index);
                // Nobody may count on a thread that cannot be started.
                worker.thread.start();
                workers.add(worker);
            }
        }
        complete = true;
    }

    /** Takes the right to one call of the model; each success needs one {@link #returnSlot}. */
    boolean takeSlot() {
        while (true) {
            int used = slotsInUse.get();
            if (used >= count) {
                return false;
            }
            if (slotsInUse.compareAndSet(used, used + 1)) {
                return true;
            }
        }
    }

    void returnSlot() {
        slotsInUse.decrementAndGet();
    }

    boolean hasFreeSlot() {
        return slotsInUse.get() < count;
    }

    int slotsInUse() {
        return slotsInUse.get();
    }

    /** Wakes one that sleeps, if one does. To be called after what it should see was written. */
    void signal() {
        for (Worker worker : workers) {
            if (worker.wake()) {
                return;
            }
        }
    }

    void wakeAll() {
        workers.forEach(Worker::wake);
    }

    /** Ends all threads after what they do. */
    synchronized void stop() {
        stopped = true;
        wakeAll();
    }

    private synchronized boolean retires(Worker worker) {
        if (!stopped && worker.index < count) {
            return false;
        }
        workers.remove(worker);
        return true;
    }

    private final class Worker implements Runnable {
        private static final int AWAKE = 0;
        private static final int ASLEEP = 1;

        private final int index;
        private final Thread thread;
        private final AtomicInteger state = new AtomicInteger(AWAKE);

        Worker(int index) {
            this.index = index;
            this.thread = new Thread(this, name + "-" + index);
            thread.setDaemon(true);
        }

        boolean wake() {
            if (state.get() == ASLEEP && state.compareAndSet(ASLEEP, AWAKE)) {
                LockSupport.unpark(thread);
                return true;
            }
            return false;
        }

        @Override
        public void run() {
            while (!isTooMany() || !retires(this)) {
                long idleNanos = runSafely();
                if (idleNanos > 0) {
                    sleep(idleNanos);
                }
            }
            // It may have been woken for something that another has to do now.
            signal();
        }

        private boolean isTooMany() {
            return stopped || index >= count;
        }

        private long runSafely() {
            try {
                return work.run();
            } catch (Throwable e) {
                // Such as a lack of memory: one piece of work is lost, not all that follow.
                LOG.error("{} failed outside of the model", thread.getName(), e);
                LockSupport.parkNanos(work, PAUSE_AFTER_FAILURE);
                return 0;
            }
        }

        private void sleep(long nanos) {
            long begun = System.nanoTime();
            state.set(ASLEEP);
            // What was added before this thread counted as asleep woke nobody.
            boolean done = isTooMany() || work.isThere();
            while (!done && state.get() == ASLEEP) {
                long left = nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - begun);
                LockSupport.parkNanos(work, left);
                // What depends on a future may have interrupted this thread, which is nobody's to keep.
                done = left <= 0 || Thread.interrupted();
            }
            state.set(AWAKE);
        }
    }
}
