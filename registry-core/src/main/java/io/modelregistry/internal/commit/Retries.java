package io.modelregistry.internal.commit;

import io.modelregistry.internal.store.StoreErrors;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a call tries again, and how it waits in between.
 *
 * @param limit after this time the call gives up
 * @param pause waits before the next attempt
 */
public record Retries(Duration limit, Pause pause) {
    private static final long FIRST_NANOS = 500_000;
    private static final long LONGEST_NANOS = 100_000_000;

    /** Waits twice as long each time, with full jitter. */
    public static Retries within(Duration limit) {
        return new Retries(limit, Retries::sleep);
    }

    /** Begins a call. */
    public Budget begin(String action) {
        return new Budget(action, System.nanoTime(), limit.toNanos(), pause);
    }

    private static void sleep(int attempt) throws InterruptedException {
        long longest = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(attempt, 20));
        Thread.sleep(
                Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest) + 1)
                        .toMillis(),
                (int) (ThreadLocalRandom.current().nextLong(longest) % 1_000_000));
    }

    /** Waits before an attempt. */
    @FunctionalInterface
    public interface Pause {
        /** Waits. */
        void before(int attempt) throws InterruptedException;
    }

    /** The attempts of one call. */
    public static final class Budget {
        private final String action;
        private final long begun;
        private final long limitNanos;
        private final Pause pause;
        private int attempts;

        Budget(String action, long begun, long limitNanos, Pause pause) {
            this.action = action;
            this.begun = begun;
            this.limitNanos = limitNanos;
            this.pause = pause;
        }

        /** Waits for the next attempt; false when the time is over. */
        boolean again() {
            attempts++;
            if (System.nanoTime() - begun > limitNanos) {
                return false;
            }
            try {
                pause.before(attempts);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw StoreErrors.interrupted(action, e);
            }
        }

        int attempts() {
            return attempts;
        }
    }
}
