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

    /** Direct memory may grow as large as the heap, unless the host has said otherwise. */
    private static final long MAX_BYTES =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 8);

    private final OrtEnvironment environment;
    private final TensorSignature signature;
    private final long maxBytes;
    private final AtomicReferenceArray<@Nullable BoundContext> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger hand = new AtomicInteger();
    private final AtomicLong liveBytes = new AtomicLong();

    ContextPool(OrtEnvironment environment, TensorSignature signature) {
        this(environment, signature, MAX_BYTES);
    }

    /**
     * A pool that gives memory up while its contexts hold more than this.
     *
     * @param maxBytes in direct memory, of idle and used contexts together
     */
    ContextPool(OrtEnvironment environment, TensorSignature signature, long maxBytes) {
        this.environment = environment;
        this.signature = signature;
        this.maxBytes = maxBytes;
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
            context = new BoundContext(environment, signature);
            live.incrementAndGet();
        }
        long before = context.bytes();
        boolean bound = false;
        try {
            context.bind(inputs, outputSizes);
            bound = true;
        } finally {
            liveBytes.addAndGet(context.bytes() - before);
            // Not in a catch: a lack of direct memory is an Error.
            if (!bound) {
                drop(context);
            }
        }
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

    /**
     * Takes a context back. The caller must not use it any more. The only one is kept however large it is: making it
     * for each call would leave one to the garbage collector after each.
     */
    void give(BoundContext context) {
        int start = home();
        boolean keeps = liveBytes.get() <= maxBytes || live.get() == 1;
        for (int i = 0; keeps && i < SLOTS; i++) {
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

    /** The direct memory that idle and used contexts hold. */
    long liveBytes() {
        return liveBytes.get();
    }

    private static int home() {
        return (int) (Thread.currentThread().getId() % SLOTS);
    }
}
