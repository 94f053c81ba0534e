package io.modelregistry.inference.runtime;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Wakes the callers of a batch in chains: the worker wakes the first of each chain, and each caller that wakes up wakes
 * the next before it goes on.
 *
 * <p>Waking a thread costs more than its share of a batch. In chains that cost is not the worker's, which begins the
 * next batch instead, and there is nearly always a thread ready to run, so that no core falls asleep between two
 * wake-ups, which is what makes them dear.
 *
 * <p>No chain breaks. A caller may find its answer before it is woken; it marks itself as gone and then looks whether
 * the chains have begun. If they have, it wakes a next one; if not, the mark was there before they began, and the
 * chains pass over it.
 */
final class Wakeups {
    private static final int CHAINS = Math.min(4, Runtime.getRuntime().availableProcessors());

    private final List<Request> answered;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean begun;

    /** For requests that were claimed together, before the first of them is answered. */
    Wakeups(List<Request> members) {
        this.answered = members;
    }

    /** Begins, once all are answered. */
    void begin() {
        begun = true;
        wake(CHAINS);
    }

    /** Called by each caller that has found its answer and marked itself as gone. */
    void passOn() {
        if (begun) {
            wake(1);
        }
    }

    private void wake(int count) {
        int woken = 0;
        while (woken < count) {
            int position = next.getAndIncrement();
            if (position >= answered.size()) {
                return;
            }
            if (answered.get(position).wake()) {
                woken++;
            }
        }
    }
}
