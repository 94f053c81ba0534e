package io.modelregistry.inference.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;

/**
 * Stops sending requests to a model that fails, and tries again after a while. Thread-safe; no locks, and no garbage
 * while it is closed.
 *
 * <p>Closed, everything passes and outcomes are counted; a failure that makes the failed part of the window reach the
 * ratio opens it. Open, everything is refused for a time. Then it is half open: so many requests pass as probes, the
 * others are refused; if all probes succeed it closes with an empty window, if one fails it opens again.
 *
 * <p>What a failure is the caller decides. An input that breaks the signature is none: report it with {@link #ignore},
 * or one client with bad inputs would stop all others.
 *
 * <p>{@link #enter} gives a ticket, which belongs to the state it was given in. An outcome whose state has gone counts
 * for nothing: a slow request from before the opening neither closes the breaker nor opens it again. A probe whose
 * outcome has not come when the open time has passed once more counts as lost, and new ones are let through.
 *
 * <p>Time is that of a monotonic clock, so setting the wall clock does nothing.
 */
public final class CircuitBreaker {
    private static final AtomicReferenceFieldUpdater<CircuitBreaker, Phase> PHASE =
            AtomicReferenceFieldUpdater.newUpdater(CircuitBreaker.class, Phase.class, "phase");

    private static final CircuitBreaker OFF = new CircuitBreaker("", CircuitBreakerOptions.off());

    private final String name;
    private final CircuitBreakerOptions options;
    private final LongSupplier clock;
    private final long openNanos;
    private volatile Phase phase;

    /** Whether requests pass. */
    public enum State {
        /** All pass. */
        CLOSED,
        /** None passes. */
        OPEN,
        /** A few pass, to find out. */
        HALF_OPEN
    }

    /** A time between two changes of state. */
    private abstract static sealed class Phase permits Closed, Open, HalfOpen {
        final long ticket;

        Phase(long ticket) {
            this.ticket = ticket;
        }
    }

    private static final class Closed extends Phase {
        final OutcomeWindow window;

        Closed(long ticket, OutcomeWindow window) {
            super(ticket);
            this.window = window;
        }
    }

    private static final class Open extends Phase {
        final long since;
        final String why;

        Open(long ticket, long since, String why) {
            super(ticket);
            this.since = since;
            this.why = why;
        }
    }

    private static final class HalfOpen extends Phase {
        final AtomicInteger admitted = new AtomicInteger();
        final AtomicInteger succeeded = new AtomicInteger();
        volatile long latest;

        HalfOpen(long ticket, long now) {
            super(ticket);
            latest = now;
        }
    }

    /** A closed breaker on the clock of {@link System#nanoTime}; the name is for messages. */
    public CircuitBreaker(String name, CircuitBreakerOptions options) {
        this(name, options, System::nanoTime);
    }

    /**
     * A closed breaker on a clock.
     *
     * @param name what is guarded, such as a deployment; for messages
     * @param options when it opens and closes
     * @param clock nanoseconds that never go back, from any origin
     */
    public CircuitBreaker(String name, CircuitBreakerOptions options, LongSupplier clock) {
        this.name = Objects.requireNonNull(name, "name");
        this.options = Objects.requireNonNull(options, "options");
        this.clock = Objects.requireNonNull(clock, "clock");
        openNanos = options.openFor().toNanos();
        phase = closed(0);
    }

    /** A breaker that lets everything pass and counts nothing. */
    public static CircuitBreaker off() {
        return OFF;
    }

    /**
     * Asks whether a request may pass; each one that does needs one {@link #succeed}, {@link #fail} or {@link #ignore}.
     *
     * @return the ticket to report the outcome with
     * @throws CircuitOpenException if it may not
     */
    public long enter() {
        Phase current = phase;
        return current instanceof Closed ? current.ticket : enterUnlessOpen(current);
    }

    private long enterUnlessOpen(Phase seen) {
        Phase current = seen;
        while (true) {
            long now = clock.getAsLong();
            if (current instanceof Open open) {
                long remaining = openNanos - (now - open.since);
                if (remaining > 0) {
                    throw new CircuitOpenException(name, open.why, Duration.ofNanos(remaining));
                }
                PHASE.compareAndSet(this, open, new HalfOpen(open.ticket + 1, now));
            } else if (current instanceof HalfOpen half) {
                if (admit(half, now)) {
                    return half.ticket;
                }
                long remaining = openNanos - (now - half.latest);
                if (remaining > 0) {
                    throw new CircuitOpenException(
                            name,
                            "%s of %s trial requests are under way after failures"
                                    .formatted(half.admitted.get() - half.succeeded.get(), options.probes()),
                            Duration.ofNanos(remaining));
                }
                PHASE.compareAndSet(this, half, new HalfOpen(half.ticket + 1, now));
            } else {
                return current.ticket;
            }
            current = phase;
        }
    }

    private boolean admit(HalfOpen half, long now) {
        while (true) {
            int admitted = half.admitted.get();
            if (admitted >= options.probes()) {
                return false;
            }
            if (half.admitted.compareAndSet(admitted, admitted + 1)) {
                half.latest = now;
                return true;
            }
        }
    }

    /** Reports that the request of a ticket was computed. */
    public void succeed(long ticket) {
        Phase current = phase;
        if (options.isOff() || current.ticket != ticket) {
            return;
        }
        if (current instanceof Closed closed) {
            closed.window.add(false);
        } else if (current instanceof HalfOpen half && half.succeeded.incrementAndGet() == options.probes()) {
            PHASE.compareAndSet(this, half, closed(ticket + 1));
        }
    }

    /** Reports that the model failed the request of a ticket. */
    public void fail(long ticket) {
        Phase current = phase;
        if (options.isOff() || current.ticket != ticket) {
            return;
        }
        if (current instanceof Closed closed) {
            closed.window.add(true);
            long totals = closed.window.totals();
            int calls = OutcomeWindow.calls(totals);
            int failures = OutcomeWindow.failures(totals);
            if (calls >= options.minimumCalls() && failures >= options.failureRatio() * calls) {
                open(closed, "%s of the last %s requests failed".formatted(failures, calls));
            }
        } else if (current instanceof HalfOpen half) {
            open(half, "a trial request failed again");
        }
    }

    private void open(Phase before, String why) {
        PHASE.compareAndSet(this, before, new Open(before.ticket + 1, clock.getAsLong(), why));
    }

    /** Reports that the request of a ticket tells nothing about the model; a probe's place becomes free again. */
    public void ignore(long ticket) {
        Phase current = phase;
        if (current instanceof HalfOpen half && half.ticket == ticket) {
            half.admitted.decrementAndGet();
        }
    }

    private Closed closed(long ticket) {
        long nanos = options.windowTime().toNanos();
        return new Closed(
                ticket, nanos > 0 ? new TimedOutcomes(nanos, clock) : new CountedOutcomes(options.windowCalls()));
    }

    /** Whether requests pass. It stays open until a request comes after the open time. */
    public State state() {
        Phase current = phase;
        if (current instanceof Closed) {
            return State.CLOSED;
        }
        return current instanceof Open ? State.OPEN : State.HALF_OPEN;
    }

    @Override
    public String toString() {
        return "CircuitBreaker[%s, %s]".formatted(name, state());
    }
}
