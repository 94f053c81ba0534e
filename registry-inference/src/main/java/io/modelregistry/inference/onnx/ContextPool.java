package io.modelregistry.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Idle {@link BoundContext}s, lock-free. A thread looks first where it left its last one, so a steady caller meets the
 * same context, warm in its cache, without contention.
 *
 * <p>New shapes get new contexts up to a limit; after that an idle one is bound anew, so that a model whose inputs all
 * differ in shape does not eat direct memory.
 */
final class ContextPool {
    private static final int SLOTS = 32;
    private static final int MAX_LIVE = 16;
    private static final long MAX_IDLE_BYTES = 64L << 20;

    private final OrtEnvironment environment;
    private final TensorSignature signature;
    private final AtomicReferenceArray<@Nullable BoundContext> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger hand = new AtomicInteger();
    private final AtomicLong liveBytes = new AtomicLong();

    ContextPool(OrtEnvironment environment, TensorSignature signature) {
        this.environment = environment;
        this.signature = signature;
    }

    /**
     * A context bound to inputs of these shapes, for this thread alone until it is given back.
     *
     * @param outputSizes the shapes of the outputs to prepare memory for, asked for when a context is bound
     */
    BoundContext take(Tensors inputs, Supplier<Map<String, long[]>> outputSizes) throws OrtException {
        int start = home();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) % SLOTS;
            BoundContext candidate = slots.get(slot);
            if (candidate != null && candidate.fits(inputs) && slots.compareAndSet(slot, candidate, null)) {
                // Between the look and the swap it may have been away and come back bound to something else.
                if (candidate.fits(inputs)) {
                    return candidate;
                }
                give(candidate);
            }
        }
        return bind(inputs, outputSizes.get());
    }

    private BoundContext bind(Tensors inputs, Map<String, long[]> outputSizes) throws OrtException {
        BoundContext context = live.get() < MAX_LIVE ? null : takeAny();
        if (context == null) {
            live.incrementAndGet();
            context = new BoundContext(environment, signature);
        }
        long before = context.bytes();
        try {
            context.bind(inputs, outputSizes);
        } catch (OrtException | RuntimeException e) {
            liveBytes.addAndGet(context.bytes() - before);
            drop(context);
            throw e;
        }
        liveBytes.addAndGet(context.bytes() - before);
        return context;
    }

    private @Nullable BoundContext takeAny() {
        int start = hand.getAndIncrement() & Integer.MAX_VALUE;
        for (int i = 0; i < SLOTS; i++) {
            BoundContext candidate = slots.getAndSet((start + i) % SLOTS, null);
            if (candidate != null) {
                return candidate;
            }
        }
        return null;
    }

    /** Takes a context back. The caller must not use it any more. */
    void give(BoundContext context) {
        int start = home();
        for (int i = 0; i < SLOTS && liveBytes.get() <= MAX_IDLE_BYTES; i++) {
            if (slots.compareAndSet((start + i) % SLOTS, null, context)) {
                return;
            }
        }
        drop(context);
    }

    /** Ends all idle contexts; called when no call is under way. */
    void close() {
        for (int i = 0; i < SLOTS; i++) {
            BoundContext context = slots.getAndSet(i, null);
            if (context != null) {
                drop(context);
            }
        }
    }

    /** Ends a context that is of no use any more. */
    void drop(BoundContext context) {
        live.decrementAndGet();
        liveBytes.addAndGet(-context.bytes());
        context.close();
    }

    private static int home() {
        return (int) (Thread.currentThread().getId() % SLOTS);
    }
}
