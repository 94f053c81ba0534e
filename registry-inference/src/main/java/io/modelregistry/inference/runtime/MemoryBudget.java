package io.modelregistry.inference.runtime;

import io.modelregistry.inference.runtime.MemorySnapshot.State;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much memory the models of a process may take together. A host makes one and shares it between all that load
 * models. Thread-safe.
 *
 * <p>It counts what it is told, natively allocated and direct memory of loaded models, and measures nothing. Memory is
 * reserved before a model is loaded and counts until it was given back, so what is loaded at the same time never
 * exceeds the limit unless a model turns out larger than its estimate.
 */
public final class MemoryBudget {
    /** How long {@link #reserve} waits unless told otherwise. */
    public static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(MemoryBudget.class);

    /** A petabyte: no model takes that, and thousands of them do not overflow a sum. */
    private static final long MOST_BYTES = 1L << 50;

    /** Between two questions whether a model is still in use, growing from the first to the last. */
    private static final long FIRST_PAUSE_NANOS = 500_000;

    private static final long LAST_PAUSE_NANOS = 50_000_000;

    /*
     * One lock guards everything here and in the reservations. It is never held while a model is asked to unload or
     * while a thread waits. Requests are served in the order of their arrival: only the first one may take memory or
     * evict, so that a large one is not overtaken by small ones forever and nothing is evicted twice for one need.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Reservation> reservations = new LinkedHashSet<>();
    private final Deque<Request> requests = new ArrayDeque<>();
    private final long limit;
    private final long maxWaitNanos;
    private long admitted;

    private MemoryBudget(long limit, long maxWaitNanos) {
        this.limit = limit;
        this.maxWaitNanos = maxWaitNanos;
    }

    /**
     * A budget of so many bytes, in which a reservation waits {@link #DEFAULT_WAIT} for memory.
     *
     * @throws InvalidValueException if there are fewer than 0 bytes
     */
    public static MemoryBudget ofBytes(long bytes) {
        return ofBytes(bytes, DEFAULT_WAIT);
    }

    /**
     * A budget of so many bytes.
     *
     * @param maxWait how long a reservation waits until others have given their memory back
     * @throws InvalidValueException if there are fewer than 0 bytes or the time is negative
     */
    public static MemoryBudget ofBytes(long bytes, Duration maxWait) {
        requireBytes(bytes);
        if (maxWait.isNegative()) {
            throw new InvalidValueException("wait for memory", maxWait.toString(), "it is negative", "zero or more");
        }
        long nanos = maxWait.compareTo(Duration.ofDays(365)) > 0 ? TimeUnit.DAYS.toNanos(365) : maxWait.toNanos();
        return new MemoryBudget(bytes, nanos);
    }

    /** A budget that admits everything and only counts. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE, 0);
    }

    private static void requireBytes(long bytes) {
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new InvalidValueException(
                    "memory size", Long.toString(bytes), "it is out of range", "0 to " + MOST_BYTES + " bytes");
        }
    }

    /** The most bytes that are admitted; {@link Long#MAX_VALUE} for no limit. */
    public long limit() {
        return limit;
    }

    /** The bytes that are admitted now. */
    public long admitted() {
        return locked(() -> admitted);
    }

    /** Who holds how much now. */
    public MemorySnapshot snapshot() {
        long now = System.nanoTime();
        return locked(() -> new MemorySnapshot(
                limit,
                admitted,
                reservations.stream()
                        .map(reservation -> reservation.holding(now))
                        .toList()));
    }

    /**
     * Admits a model that is about to be loaded, at once if it fits and nobody waits for memory.
     *
     * <p>Otherwise idle models are evicted, the least recently used first, and this waits until their memory was given
     * back. Models that are in use are asked again, and those that are being loaded waited for, until the time is up.
     * What is pinned is not waited for.
     *
     * @param model how errors and the status call it; need not be unique
     * @throws MemoryBudgetExceededException if it does not fit beside what is pinned, or the time is up: nothing is
     *     admitted. Nothing was evicted either, unless models that could have been evicted were in use until the end
     * @throws RegistryException with {@link ErrorCode#UNAVAILABLE} if the thread is interrupted while it waits
     * @throws InvalidValueException if there are fewer than 0 bytes
     */
    public Reservation reserve(String model, long bytes) {
        requireBytes(bytes);
        Request request = new Request(Objects.requireNonNull(model, "model"), bytes, System.nanoTime() + maxWaitNanos);
        lock.lock();
        try {
            requests.addLast(request);
            return serve(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(
                    ErrorCode.UNAVAILABLE,
                    "Cannot load '%s': the thread was interrupted while it waited for memory, expected it to wait on"
                            .formatted(model),
                    e);
        } finally {
            requests.remove(request);
            changed.signalAll();
            lock.unlock();
        }
    }

    private Reservation serve(Request request) throws InterruptedException {
        Set<Reservation> inUse = new HashSet<>();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            if (request.bytes > limit - sum(State.PINNED)) {
                throw refusal(request, "what is pinned leaves too little");
            }
            boolean first = requests.peekFirst() == request;
            if (first && request.bytes <= limit - admitted) {
                return add(request);
            }
            Reservation victim = first ? victimFor(request.bytes, inUse) : null;
            if (victim != null) {
                if (!evict(victim)) {
                    inUse.add(victim);
                }
                continue;
            }
            long left = request.deadline - System.nanoTime();
            if (left <= 0) {
                throw refusal(
                        request, "too little was given back in " + TimeUnit.NANOSECONDS.toMillis(maxWaitNanos) + " ms");
            }
            if (inUse.isEmpty()) {
                changed.awaitNanos(left);
            } else {
                changed.awaitNanos(Math.min(left, pause));
                pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
                inUse.clear();
            }
        }
    }

    private MemoryBudgetExceededException refusal(Request request, String why) {
        return new MemoryBudgetExceededException(request.model, request.bytes, snapshot(), why);
    }

    private Reservation add(Request request) {
        Reservation reservation = new Reservation(this, request.model, request.bytes);
        reservations.add(reservation);
        admitted += request.bytes;
        return reservation;
    }

    /** The next model to evict; null if enough is on its way, or if all that may be evicted is not enough. */
    private @Nullable Reservation victimFor(long bytes, Set<Reservation> except) {
        long lacking = lacking(bytes);
        return lacking > 0 && lacking <= sum(State.EVICTABLE) ? leastRecentlyUsed(except) : null;
    }

    /** The bytes that are missing once all that is being unloaded is gone; 0 or less if none. */
    private long lacking(long bytes) {
        return bytes - (limit - admitted + sum(State.EVICTING));
    }

    private @Nullable Reservation leastRecentlyUsed(Set<Reservation> except) {
        long now = System.nanoTime();
        Reservation oldest = null;
        long longest = -1;
        for (Reservation candidate : reservations) {
            long idle = candidate.idleNanos(now);
            if (candidate.isIn(State.EVICTABLE) && idle > longest && !except.contains(candidate)) {
                oldest = candidate;
                longest = idle;
            }
        }
        return oldest;
    }

    /** Asks a model to unload, with the lock released meanwhile; false if it is in use. */
    private boolean evict(Reservation victim) {
        Evictable means = victim.beginEviction();
        boolean begun = false;
        boolean answered = false;
        lock.unlock();
        try {
            CompletionStage<?> unloading = means.tryEvict().orElse(null);
            if (unloading != null) {
                begun = true;
                LOG.debug("Unloads the idle model '{}' for others", victim.model());
                unloading.whenComplete((nothing, failure) -> endEviction(victim, failure));
            }
            answered = true;
        } catch (RuntimeException e) {
            LOG.warn("Model '{}' could not be unloaded and keeps its memory", victim.model(), e);
        } finally {
            lock.lock();
            if (!answered) {
                victim.failEviction();
            } else if (!begun) {
                victim.refuseEviction();
            }
            if (!begun) {
                // Who counted on its memory has to look for other.
                changed.signalAll();
            }
        }
        return begun && answered;
    }

    private void endEviction(Reservation victim, @Nullable Throwable failure) {
        if (failure == null) {
            victim.close();
        } else {
            LOG.warn("Model '{}' was not unloaded and keeps its memory", victim.model(), failure);
            change(victim, victim::failEviction);
        }
    }

    void resize(Reservation reservation, long bytes) {
        requireBytes(bytes);
        lock.lock();
        try {
            long before = reservation.heldBytes();
            if (reservation.isClosed() || bytes == before) {
                return;
            }
            reservation.hold(bytes);
            admitted += bytes - before;
            changed.signalAll();
            if (bytes > before && admitted > limit) {
                LOG.warn(
                        "Model '{}' takes {} bytes instead of {}: {} are admitted of a budget of {}",
                        reservation.model(),
                        bytes,
                        before,
                        admitted,
                        limit);
                makeRoom(reservation);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Evicts what is idle until all fits again, as far as that goes, and waits for nothing. */
    private void makeRoom(Reservation grown) {
        Set<Reservation> asked = new HashSet<>(Set.of(grown));
        while (lacking(0) > 0) {
            Reservation victim = leastRecentlyUsed(asked);
            if (victim == null) {
                return;
            }
            asked.add(victim);
            if (!evict(victim)) {
                LOG.debug("Model '{}' is in use and stays", victim.model());
            }
        }
    }

    /** Changes the state of a reservation that has not ended, or ends it. */
    void change(Reservation reservation, Runnable change) {
        lock.lock();
        try {
            if (reservation.isClosed()) {
                return;
            }
            change.run();
            if (reservation.isClosed() && reservations.remove(reservation)) {
                admitted -= reservation.heldBytes();
                reservation.hold(0);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    private long sum(State state) {
        long bytes = 0;
        for (Reservation reservation : reservations) {
            bytes += reservation.isIn(state) ? reservation.heldBytes() : 0;
        }
        return bytes;
    }

    @Override
    public String toString() {
        return "MemoryBudget[%s of %s bytes]".formatted(admitted(), limit == Long.MAX_VALUE ? "unlimited" : limit);
    }

    /** A thread that wants memory. */
    private static final class Request {
        private final String model;
        private final long bytes;
        private final long deadline;

        Request(String model, long bytes, long deadline) {
            this.model = model;
            this.bytes = bytes;
            this.deadline = deadline;
        }
    }
}
