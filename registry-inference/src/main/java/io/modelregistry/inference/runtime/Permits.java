package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts permits and keeps the line of those that wait for one.
 *
 * <p>One word holds everything that a decision needs: 21 bits for the permits that are out, 21 for the limit, 21 for
 * how many wait, and the sign for closed. Each change is one compare-and-set of the whole word, so no permit is given
 * out on a limit that no longer holds, and nobody joins the line at the moment a permit becomes free.
 *
 * <p>While nobody waits, that is all. The line itself is guarded by a lock. Invariant: when the lock is free and some
 * wait, either no permit is free or a thread that freed one is on its way to the lock; only threads that hold the lock
 * change the number that wait, and only they give permits out while it is not zero.
 */
final class Permits {
    private static final int BITS = 21;
    private static final long MASK = (1L << BITS) - 1;
    private static final long ONE_WAITING = 1L << (2 * BITS);
    private static final long CLOSED = Long.MIN_VALUE;

    private static final double SHORTEST_RETRY_NANOS = 1e6;
    private static final double LONGEST_RETRY_NANOS = 60e9;

    /** More than any limit that can be set. */
    static final int UNLIMITED = (int) MASK;

    private final String name;
    private final int capacity;
    private final LongSupplier meanNanos;
    private final AtomicLong word;
    private final ReentrantLock lock = new ReentrantLock();
    private final WaitingLine line = new WaitingLine();

    /**
     * Starts with no permit out.
     *
     * @param meanNanos how long a permit is held on average, for the hint when to try again
     */
    Permits(String name, int limit, int capacity, LongSupplier meanNanos) {
        this.name = name;
        this.capacity = capacity;
        this.meanNanos = meanNanos;
        word = new AtomicLong((long) limit << BITS);
    }

    static int inFlight(long word) {
        return (int) (word & MASK);
    }

    static int limit(long word) {
        return (int) ((word >>> BITS) & MASK);
    }

    static int waiting(long word) {
        return (int) ((word >>> (2 * BITS)) & MASK);
    }

    /** Whether a permit is free and nobody was there before; false when closed. */
    private static boolean isFree(long word) {
        return word >>> (2 * BITS) == 0 && (word & MASK) < word >>> BITS;
    }

    long word() {
        return word.get();
    }

    boolean tryAcquire() {
        long current = word.get();
        while (isFree(current)) {
            if (word.compareAndSet(current, current + 1)) {
                return true;
            }
            current = word.get();
        }
        return false;
    }

    /**
     * Gives a permit back, to the first one that waits.
     *
     * @return the word as it was before
     */
    long release() {
        while (true) {
            long current = word.get();
            if ((current & MASK) == 0) {
                throw new IllegalStateException("A permit of '" + name + "' was released twice");
            }
            if (word.compareAndSet(current, current - 1)) {
                if (waiting(current) > 0) {
                    wakeNext();
                }
                return current;
            }
        }
    }

    private void wakeNext() {
        Waiter woken;
        lock.lock();
        try {
            woken = grant();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /** Whoever holds more permits than a smaller limit allows keeps them; a larger one lets those in who wait. */
    void resize(int limit) {
        Waiter woken;
        lock.lock();
        try {
            word.getAndUpdate(current -> (current & ~(MASK << BITS)) | (long) limit << BITS);
            woken = grant();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /** Lets nobody in any more and ends all waiting. */
    void close() {
        Waiter woken = null;
        lock.lock();
        try {
            word.getAndUpdate(current -> current | CLOSED);
            for (Waiter waiter = line.first(); waiter != null; waiter = line.first()) {
                word.getAndAdd(-ONE_WAITING);
                woken = takeOut(waiter, Waiter.Fate.CLOSED, woken);
            }
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /**
     * Waits for a permit in the line.
     *
     * @return the nanoseconds waited
     */
    long await(RequestContext context) {
        long begun = System.nanoTime();
        Waiter waiter = new Waiter(context);
        if (enrol(waiter)) {
            return 0;
        }
        long now = begun;
        while (waiter.fate() == Waiter.Fate.WAITING) {
            long remaining = context.remainingNanos(now);
            boolean interrupted = Thread.currentThread().isInterrupted();
            if ((remaining <= 0 || interrupted) && leave(waiter)) {
                throw interrupted ? interrupted() : new DeadlineExceededException(name, now - begun);
            }
            LockSupport.parkNanos(this, remaining);
            now = System.nanoTime();
        }
        return switch (waiter.fate()) {
            case GRANTED -> granted(context, begun, now);
            case CLOSED -> throw closed();
            case WAITING, EXPIRED -> throw new DeadlineExceededException(name, now - begun);
        };
    }

    /** The grant may have come just before the deadline and the thread have woken after it. */
    private long granted(RequestContext context, long begun, long now) {
        if (context.remainingNanos(now) <= 0) {
            release();
            throw new DeadlineExceededException(name, now - begun);
        }
        return Math.max(1, now - begun);
    }

    /** Joins the line; true if a permit had become free instead. */
    private boolean enrol(Waiter waiter) {
        lock.lock();
        try {
            while (true) {
                long current = word.get();
                if (current < 0) {
                    throw closed();
                }
                if (isFree(current)) {
                    if (word.compareAndSet(current, current + 1)) {
                        return true;
                    }
                } else if (waiting(current) >= capacity) {
                    throw overloaded(current);
                } else if (word.compareAndSet(current, current + ONE_WAITING)) {
                    line.add(waiter);
                    return false;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the line; false if its fate was decided before. */
    private boolean leave(Waiter waiter) {
        lock.lock();
        try {
            if (waiter.fate() != Waiter.Fate.WAITING) {
                return false;
            }
            line.remove(waiter);
            word.getAndAdd(-ONE_WAITING);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives free permits to the first in the line, with the lock held. Those whose deadline has passed are passed over:
     * a permit that waits for a thread to wake only to hear that it is too late would be lost to the others meanwhile.
     *
     * @return those to wake once the lock is free
     */
    private @Nullable Waiter grant() {
        Waiter woken = null;
        while (true) {
            long current = word.get();
            Waiter first = line.first();
            if (first == null || inFlight(current) >= limit(current)) {
                return woken;
            }
            boolean late = first.context().remainingNanos() <= 0;
            long next = late ? current - ONE_WAITING : current - ONE_WAITING + 1;
            if (word.compareAndSet(current, next)) {
                woken = takeOut(first, late ? Waiter.Fate.EXPIRED : Waiter.Fate.GRANTED, woken);
            }
        }
    }

    private Waiter takeOut(Waiter waiter, Waiter.Fate fate, @Nullable Waiter woken) {
        line.remove(waiter);
        waiter.nextWoken = woken;
        waiter.decide(fate);
        return waiter;
    }

    /** Waking costs microseconds, in which nobody should wait for the lock. */
    private static void wake(@Nullable Waiter woken) {
        for (Waiter waiter = woken; waiter != null; waiter = waiter.nextWoken) {
            waiter.wake();
        }
    }

    RegistryException closed() {
        return new RegistryException(
                ErrorCode.CLOSED,
                "Cannot predict with '%s': its limiter is closed, expected an open one".formatted(name));
    }

    private RegistryException interrupted() {
        return new RegistryException(
                ErrorCode.TIMEOUT,
                "Cannot predict with '%s': the thread was interrupted while it waited for its turn, expected to be let finish"
                        .formatted(name));
    }

    private OverloadedException overloaded(long current) {
        int waiting = waiting(current);
        // The line and this request are done after so many rounds of what is computed at once.
        double nanos = (double) meanNanos.getAsLong() * (waiting + 1) / limit(current);
        return new OverloadedException(
                name,
                "%s of %s requests are being computed and %s of %s wait"
                        .formatted(inFlight(current), limit(current), waiting, capacity),
                Duration.ofNanos((long) Math.max(SHORTEST_RETRY_NANOS, Math.min(LONGEST_RETRY_NANOS, nanos))));
    }
}
