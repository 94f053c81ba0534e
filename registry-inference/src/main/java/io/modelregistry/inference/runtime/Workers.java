package io.modelregistry.inference.runtime;

import java.util.BitSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    private final String name;
    private final Work work;
    private final BitSet running = new BitSet();
    private final AtomicInteger slotsInUse = new AtomicInteger();
    private final AtomicInteger sleepers = new AtomicInteger();
    private final Semaphore wakeUp = new Semaphore(0);
    private volatile int count;
    private volatile int started;
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
        if (started > 0) {
            start();
        }
        wakeAll();
    }

    /** Starts the threads at the first piece of work: a batcher that is never asked to queue has none. */
    void ensureStarted() {
        if (started < count) {
            start();
        }
    }

    private synchronized void start() {
        for (int index = 0; !stopped && index < count; index++) {
            if (!running.get(index)) {
                running.set(index);
                int own = index;
                Thread thread = new Thread(() -> loop(own), name + "-" + index);
                thread.setDaemon(true);
                thread.start();
            }
        }
        started = running.cardinality();
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
        if (takeSleeper()) {
            wakeUp.release();
        }
    }

    private boolean takeSleeper() {
        while (true) {
            int asleep = sleepers.get();
            if (asleep == 0) {
                return false;
            }
            if (sleepers.compareAndSet(asleep, asleep - 1)) {
                return true;
            }
        }
    }

    void wakeAll() {
        while (takeSleeper()) {
            wakeUp.release();
        }
    }

    private void loop(int index) {
        while (!stopped) {
            if (index >= count && retire(index)) {
                // It may have been woken for something that another has to do now.
                signal();
                return;
            }
            long idleNanos = runSafely();
            if (idleNanos > 0) {
                sleep(index, idleNanos);
            }
        }
    }

    private long runSafely() {
        try {
            return work.run();
        } catch (Throwable e) {
            // Such as a lack of memory: one piece of work is lost, not all that follow.
            LOG.error("{} failed outside of the model", name, e);
            return 0;
        }
    }

    private synchronized boolean retire(int index) {
        if (index < count) {
            return false;
        }
        running.clear(index);
        started = running.cardinality();
        return true;
    }

    private void sleep(int index, long nanos) {
        sleepers.incrementAndGet();
        // What was added before this thread counted as asleep woke nobody.
        if (stopped || index >= count || work.isThere()) {
            wakeMyself();
            return;
        }
        try {
            if (!wakeUp.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                wakeMyself();
            }
        } catch (InterruptedException e) {
            // Nobody but a dependent action of a future can have interrupted it; the worker lives on.
            wakeMyself();
        }
    }

    /** Counts this thread as awake again; if another has done so, it has left a permit. */
    private void wakeMyself() {
        if (!takeSleeper()) {
            wakeUp.acquireUninterruptibly();
        }
    }

    /** Ends all threads after what they do. */
    synchronized void stop() {
        stopped = true;
        wakeAll();
    }
}
