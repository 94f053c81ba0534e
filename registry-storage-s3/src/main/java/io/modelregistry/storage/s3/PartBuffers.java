package io.modelregistry.storage.s3;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all large transfers of a node in one direction: a number of buffers of the size of a part, which are
 * let go when nobody transfers anything. Thread-safe.
 */
final class PartBuffers {
    private final int bytes;
    private final int most;
    private final Semaphore permits;
    private final Deque<byte[]> free = new ArrayDeque<>();

    PartBuffers(int bytes, int most) {
        this.bytes = bytes;
        this.most = most;
        permits = new Semaphore(most, true);
    }

    /** A buffer, waited for; empty if none was given back in time. */
    Optional<byte[]> take(Duration limit) throws InterruptedException {
        return permits.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(buffer()) : Optional.empty();
    }

    /** A buffer; null if there is none just now. */
    byte @Nullable [] tryTake() {
        return permits.tryAcquire() ? buffer() : null;
    }

    private byte[] buffer() {
        synchronized (free) {
            byte[] known = free.poll();
            if (known != null) {
                return known;
            }
        }
        boolean isMade = false;
        try {
            byte[] made = new byte[bytes];
            isMade = true;
            return made;
        } finally {
            if (!isMade) {
                permits.release();
            }
        }
    }

    /** Gives a buffer back. */
    void give(byte[] buffer) {
        synchronized (free) {
            free.push(buffer);
            permits.release();
            if (permits.availablePermits() == most) {
                free.clear();
            }
        }
    }
}
