package io.modelregistry.inference.onnx;

import io.modelregistry.inference.Tensors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Idle {@link BoundContext}s, lock-free. A thread looks first where it left its last one, so a steady caller meets the
 * same context, warm in its cache, without contention. When the slots or the bytes run out, a context is dropped.
 */
final class ContextPool {
    private static final int SLOTS = 32;
    private static final long MAX_BYTES = 64L << 20;

    private final AtomicReferenceArray<@Nullable BoundContext> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLong idleBytes = new AtomicLong();

    /** An idle context for inputs of these shapes, or null. */
    @Nullable
    BoundContext take(Tensors inputs) {
        int start = home();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) % SLOTS;
            BoundContext candidate = slots.get(slot);
            // It may be taken between the look and the swap; the shapes of a context never change, so looking is safe.
            if (candidate != null && candidate.fits(inputs) && slots.compareAndSet(slot, candidate, null)) {
                idleBytes.addAndGet(-candidate.bytes());
                return candidate;
            }
        }
        return null;
    }

    /** Keeps a context for later. The caller must not use it any more. */
    void give(BoundContext context) {
        if (context.bytes() > MAX_BYTES / 2) {
            context.close();
            return;
        }
        long bytes = idleBytes.addAndGet(context.bytes());
        int start = home();
        if (bytes <= MAX_BYTES) {
            for (int i = 0; i < SLOTS; i++) {
                if (slots.compareAndSet((start + i) % SLOTS, null, context)) {
                    return;
                }
            }
        }
        // Full: the one that lies here makes room, so that shapes which are no longer used go in the end.
        drop(slots.getAndSet(start, context));
    }

    void close() {
        for (int i = 0; i < SLOTS; i++) {
            drop(slots.getAndSet(i, null));
        }
    }

    private void drop(@Nullable BoundContext context) {
        if (context != null) {
            idleBytes.addAndGet(-context.bytes());
            context.close();
        }
    }

    private static int home() {
        return (int) (Thread.currentThread().getId() % SLOTS);
    }
}
