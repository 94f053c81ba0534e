package io.modelregistry.inference.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The outcomes of the last so many requests, in a ring. Each writer exchanges one slot and adds the difference to the
 * number of failures, so the sum stays right however writers interleave.
 */
final class CountedOutcomes implements OutcomeWindow {
    private static final int SUCCEEDED = 1;
    private static final int FAILED = 2;

    private final AtomicIntegerArray ring;
    private final AtomicLong position = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();

    CountedOutcomes(int calls) {
        ring = new AtomicIntegerArray(calls);
    }

    @Override
    public void add(boolean failed) {
        int outcome = failed ? FAILED : SUCCEEDED;
        int slot = (int) (position.getAndIncrement() % ring.length());
        // A success on top of a success, nearly always the case, needs no write.
        if (ring.get(slot) != outcome) {
            int replaced = ring.getAndSet(slot, outcome);
            int more = (failed ? 1 : 0) - (replaced == FAILED ? 1 : 0);
            if (more != 0) {
                failures.getAndAdd(more);
            }
        }
    }

    @Override
    public long totals() {
        long calls = Math.min(position.get(), ring.length());
        return OutcomeWindow.totals(calls, Math.max(0, Math.min(calls, failures.get())));
    }
}
