package io.modelregistry.storage.s3;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all large transfers of a node: a number of buffers of the size of a part, which are let go when nobody
 * transfers anything. Thread-safe.
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

    /** A buffer, waited for. */
    byte[] take() throws InterruptedException {
        permits.acquire();
        return buffer();
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
        return new byte[bytes];
    }

    /** Gives a buffer back. */
    void give(byte[] buffer) {
        synchronized (free) {
            free.push(buffer);
            if (permits.availablePermits() == most - 1) {
                free.clear();
            }
        }
        permits.release();
    }
}
