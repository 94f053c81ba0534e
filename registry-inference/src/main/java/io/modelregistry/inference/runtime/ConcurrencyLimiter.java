package io.modelregistry.inference.runtime;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many requests be computed at the same time as a {@link ConcurrencyLimit} says; the others wait in a bounded
 * line or are refused. Thread-safe.
 *
 * <p>Each success of {@link #acquire} or {@link #tryAcquire} needs one {@link #release}, in a {@code finally}.
 *
 * <p><b>Who is next.</b> While nobody waits, whoever comes takes a free permit at once. As soon as one waits, nobody
 * overtakes: a permit that comes back is handed to the first in the line, {@link Priority#HIGH} before
 * {@link Priority#NORMAL} before {@link Priority#LOW}, and among equals the one that came first. So a low priority
 * waits as long as others keep the model busy, and equals never starve. The price is that a permit which is handed over
 * lies idle until its new owner has woken up. With calls of 3 microseconds and more callers than permits that is half
 * of the throughput of a semaphore that lets running threads overtake; with calls of 30 microseconds and more there was
 * no difference (see {@code docs/benchmarks.md}). Overtaking would make a request wait for as long as chance wants, so
 * whoever has so fast a model sets the limit to the number of callers, or none: such a limit protects nothing that the
 * processors do not.
 *
 * <p>A limit that shrinks takes effect as permits come back: requests that are being computed are never ended.
 */
public final class ConcurrencyLimiter implements AutoCloseable {
    private final String name;
    private final boolean isFixed;
    private final @Nullable LimitSamples samples;
    private final Permits permits;

    /** Exponential average of how long a permit is held while all are out; a lost update does no harm. */
    private final AtomicLong meanNanos = new AtomicLong();

    /** How a request ended, as far as an adaptive limit wants to know. */
    public enum Completion {
        /** It was computed, and took the time that such requests take. */
        SERVED,
        /** It was lost to overload: a timeout, or a refusal by what the model runs on. */
        DROPPED,
        /** It tells nothing about load, such as a request that failed for its input before it was computed. */
        IGNORED
    }

    /**
     * Starts with no request in flight.
     *
     * @param name what is limited, such as a deployment; for messages
     * @param limit how many requests at once
     * @param queueCapacity how many callers may wait at most, 0 for none
     * @throws io.modelregistry.model.InvalidValueException if the capacity is negative or more than
     *     {@link ConcurrencyLimit#MAX_PERMITS}
     */
    public ConcurrencyLimiter(String name, ConcurrencyLimit limit, int queueCapacity) {
        this.name = Objects.requireNonNull(name, "name");
        Bounds.inRange("queue capacity", queueCapacity, 0, ConcurrencyLimit.MAX_PERMITS);
        isFixed = limit instanceof ConcurrencyLimit.Fixed;
        LimitAlgorithm algorithm = null;
        long windowNanos = 0;
        int initial = Permits.UNLIMITED;
        if (limit instanceof ConcurrencyLimit.Fixed fixed) {
            initial = fixed.permits();
        } else if (limit instanceof AimdLimit aimd) {
            algorithm = new AimdAlgorithm(aimd);
            windowNanos = aimd.windowNanos();
        } else if (limit instanceof Gradient2Limit gradient) {
            algorithm = new Gradient2Algorithm(gradient);
            windowNanos = gradient.windowNanos();
        }
        permits =
                new Permits(name, algorithm == null ? initial : algorithm.limit(), queueCapacity, meanNanos::getPlain);
        samples =
                algorithm == null ? null : new LimitSamples(algorithm, windowNanos, System.nanoTime(), permits::resize);
    }

    /**
     * Takes a permit, and waits for one if need be until the deadline of the request.
     *
     * @return the nanoseconds waited; 0 if a permit was free
     * @throws DeadlineExceededException if the deadline passed before a permit was free, or before this call
     * @throws OverloadedException at once, if no permit is free and too many wait already
     * @throws RegistryException {@link ErrorCode#CLOSED} if this limiter is or was closed; {@link ErrorCode#TIMEOUT} if
     *     the thread was interrupted while it waited or when it had to begin to, which leaves its interrupt flag set
     */
    public long acquire(RequestContext context) {
        if (context.hasDeadline() && context.remainingNanos() <= 0) {
            throw new DeadlineExceededException(name, 0);
        }
        return permits.tryAcquire() ? 0 : permits.await(context);
    }

    /** Takes a permit if one is free and nobody waits for it; false otherwise, and when closed. Never waits. */
    public boolean tryAcquire() {
        return permits.tryAcquire();
    }

    /**
     * Gives a permit back and lets an adaptive limit learn.
     *
     * @param startNanos {@link System#nanoTime} when the permit was taken, after any waiting
     * @param completion how the request ended
     * @throws IllegalStateException if no permit is out
     */
    public void release(long startNanos, Completion completion) {
        long before = permits.release();
        int inFlight = Permits.inFlight(before);
        boolean full = inFlight >= Permits.limit(before);
        if (completion == Completion.IGNORED || (samples == null && !full)) {
            // The clock costs more than the permit, so it is read only if somebody will want to know.
            return;
        }
        long now = System.nanoTime();
        if (full) {
            long mean = meanNanos.getPlain();
            long time = Math.max(1, now - startNanos);
            meanNanos.setPlain(mean == 0 ? time : mean + (time - mean) / 16);
        }
        if (samples != null) {
            samples.add(startNanos, now, inFlight, completion == Completion.DROPPED);
        }
    }

    /**
     * Changes a fixed limit. A smaller one takes effect as permits come back, a larger one lets waiting requests in.
     *
     * @throws io.modelregistry.model.InvalidValueException if the limit is not 1 to
     *     {@link ConcurrencyLimit#MAX_PERMITS}
     * @throws RegistryException {@link ErrorCode#UNSUPPORTED} if the limit is adaptive or there is none
     */
    public void resize(int limit) {
        Bounds.inRange("concurrency limit", limit, 1, ConcurrencyLimit.MAX_PERMITS);
        if (!isFixed) {
            throw new RegistryException(
                    ErrorCode.UNSUPPORTED,
                    "Cannot resize the concurrency limit of '%s': it is not a fixed one, expected a fixed one"
                            .formatted(name));
        }
        permits.resize(limit);
    }

    /** How many requests may be computed at once now; {@link Integer#MAX_VALUE} if there is no limit. */
    public int limit() {
        int limit = Permits.limit(permits.word());
        return limit == Permits.UNLIMITED ? Integer.MAX_VALUE : limit;
    }

    /** How many permits are out; more than the limit for a while after it has shrunk. */
    public int inFlight() {
        return Permits.inFlight(permits.word());
    }

    /** How many callers wait for a permit. */
    public int waiting() {
        return Permits.waiting(permits.word());
    }

    /**
     * Gives out no permit any more; all that wait end with {@link ErrorCode#CLOSED}. Permits that are out stay valid
     * and are given back as always. A second call does nothing.
     */
    @Override
    public void close() {
        permits.close();
    }

    @Override
    public String toString() {
        long word = permits.word();
        return "ConcurrencyLimiter[%s, limit=%s, inFlight=%s, waiting=%s]"
                .formatted(name, limit(), Permits.inFlight(word), Permits.waiting(word));
    }
}
