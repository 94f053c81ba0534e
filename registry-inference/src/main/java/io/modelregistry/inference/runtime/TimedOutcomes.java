package io.modelregistry.inference.runtime;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * The outcomes of the last so much time, in ten slices. A slice is one word: 20 bits for which turn of the ring it
 * belongs to, 22 for its requests, 22 for its failures; the first writer of a new turn replaces what is old.
 */
final class TimedOutcomes implements OutcomeWindow {
    private static final int SLICES = 10;
    private static final int BITS = 22;
    private static final long MASK = (1L << BITS) - 1;
    private static final long TURN_MASK = (1L << (64 - 2 * BITS)) - 1;

    private final AtomicLongArray slices = new AtomicLongArray(SLICES);
    private final LongSupplier clock;
    private final long origin;
    private final long sliceNanos;

    TimedOutcomes(long windowNanos, LongSupplier clock) {
        this.clock = clock;
        sliceNanos = windowNanos / SLICES;
        // Begins at slice 10, so that the empty slices are those of turns that have passed.
        origin = clock.getAsLong() - SLICES * sliceNanos;
    }

    @Override
    public void add(boolean failed) {
        long number = now();
        int slot = (int) (number % SLICES);
        long turn = number / SLICES & TURN_MASK;
        while (true) {
            long current = slices.get(slot);
            long calls = 0;
            long failures = 0;
            if (current >>> (2 * BITS) == turn) {
                calls = current >>> BITS & MASK;
                failures = current & MASK;
                if (calls == MASK) {
                    // Full: half of both is the same ratio.
                    calls /= 2;
                    failures /= 2;
                }
            }
            long next = turn << (2 * BITS) | (calls + 1) << BITS | (failed ? failures + 1 : failures);
            if (slices.compareAndSet(slot, current, next)) {
                return;
            }
        }
    }

    @Override
    public long totals() {
        long number = now();
        long calls = 0;
        long failures = 0;
        for (long slice = number - SLICES + 1; slice <= number; slice++) {
            long current = slices.get((int) (slice % SLICES));
            if (current >>> (2 * BITS) == (slice / SLICES & TURN_MASK)) {
                calls += current >>> BITS & MASK;
                failures += current & MASK;
            }
        }
        return OutcomeWindow.totals(calls, failures);
    }

    private long now() {
        return (clock.getAsLong() - origin) / sliceNanos;
    }
}
