package io.modelregistry.inference.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Gathers the requests of a window of time for a {@link LimitAlgorithm}; thread-safe, no garbage.
 *
 * <p>One thread at a time adds to the window; who finds another one there goes on without adding its time, since an
 * average does not need every request, but a drop is never lost. The time of a request that began before the window did
 * is left out: it tells about the limit before the last change.
 */
final class LimitSamples {
    private static final int ENOUGH = 10;
    private static final int ENOUGH_TO_PROBE = 30;
    private static final int PROBE_WINDOWS = 10;

    private final LimitAlgorithm algorithm;
    private final long windowNanos;
    private final IntConsumer setter;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean dropped;
    private volatile long windowStart;

    // Of the thread that has set busy.
    private long sum;
    private int count;
    private int mostInFlight;

    /**
     * Starts the first window.
     *
     * @param now the clock that the requests are timed with
     * @param setter gets each new limit, one at a time and in order
     */
    LimitSamples(LimitAlgorithm algorithm, long windowNanos, long now, IntConsumer setter) {
        this.algorithm = algorithm;
        this.windowNanos = windowNanos;
        this.setter = setter;
        windowStart = now;
    }

    /**
     * Adds a request.
     *
     * @param start when it got its permit
     * @param now when it was done
     * @param inFlight how many were in flight with it
     * @param wasDropped whether it was dropped
     */
    void add(long start, long now, int inFlight, boolean wasDropped) {
        if (wasDropped) {
            dropped = true;
        }
        if (start - windowStart <= 0) {
            return;
        }
        if (!busy.get() && !busy.getAndSet(true)) {
            try {
                sum += Math.max(1, now - start);
                count++;
                mostInFlight = Math.max(mostInFlight, inFlight);
                closeIfComplete(now);
            } finally {
                busy.set(false);
            }
        }
    }

    private void closeIfComplete(long now) {
        long passed = now - windowStart;
        // A probe holds up everybody, so it takes as few requests as tell something, and of slow ones still fewer.
        boolean complete = algorithm.isProbing()
                ? count >= ENOUGH_TO_PROBE || (count >= ENOUGH && passed >= PROBE_WINDOWS * windowNanos)
                : count >= ENOUGH && passed >= windowNanos;
        if (!complete) {
            return;
        }
        boolean anyDropped = dropped;
        int before = algorithm.limit();
        int after = algorithm.update(sum / count, mostInFlight, anyDropped);
        if (after != before) {
            setter.accept(after);
        }
        sum = 0;
        count = 0;
        mostInFlight = 0;
        // A drop that another thread reports between these lines belongs to the window that ends here.
        dropped = false;
        windowStart = now;
    }
}
