package io.modelregistry.inference.runtime;

import io.modelregistry.inference.runtime.MemorySnapshot.Holding;
import io.modelregistry.inference.runtime.MemorySnapshot.State;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link MemoryBudget} that one model holds, from before it is loaded until its memory was given back.
 * Thread-safe.
 *
 * <p>It begins as one of a model that is being loaded: others wait for what becomes of it. Its holder then calls
 * {@link #pin} or {@link #makeEvictable}.
 */
public final class Reservation implements AutoCloseable {
    private final MemoryBudget budget;
    private final String model;

    /** Written on every use of the model, without order: it only has to be about right. */
    private final AtomicLong lastUsed = new AtomicLong(System.nanoTime());

    // The following are guarded by the budget's lock.
    private long bytes;
    private State state = State.LOADING;
    private State unlessEvicted = State.EVICTABLE;
    private @Nullable Evictable evictable;
    private boolean closed;

    Reservation(MemoryBudget budget, String model, long bytes) {
        this.budget = budget;
        this.model = model;
        this.bytes = bytes;
    }

    /** How its holder calls the model. */
    public String model() {
        return model;
    }

    /** What is admitted for the model at the moment; 0 after the end. */
    public long bytes() {
        return budget.locked(() -> bytes);
    }

    /**
     * Admits what the loaded model was seen to take in place of what was estimated.
     *
     * <p>Never fails for what is loaded already: growth beyond the limit is logged, and idle models are evicted,
     * without waiting for them. Without effect after the end.
     *
     * @throws io.modelregistry.model.InvalidValueException if there are fewer than 0 bytes
     */
    public void resize(long newBytes) {
        budget.resize(this, newBytes);
    }

    /** Lets the budget unload the model when it needs room and nobody uses the model, which counts as used now. */
    public void makeEvictable(Evictable means) {
        Objects.requireNonNull(means, "means");
        touch(System.nanoTime());
        budget.change(this, () -> become(State.EVICTABLE, means));
    }

    /**
     * Keeps the budget from unloading the model. An unloading to which its {@link Evictable} has agreed goes on:
     * whoever pins a model has that refuse first.
     */
    public void pin() {
        budget.change(this, () -> become(State.PINNED, null));
    }

    /**
     * Says that the model was used; the least recently used one is evicted first. Cheap enough for every prediction.
     *
     * @param nanoTime a reading of {@link System#nanoTime}
     */
    public void touch(long nanoTime) {
        lastUsed.setOpaque(nanoTime);
    }

    /** Says that the model's memory was given back, or never taken. May be called again. */
    @Override
    public void close() {
        budget.change(this, () -> closed = true);
    }

    @Override
    public String toString() {
        return budget.locked(() -> "Reservation[%s, %s bytes, %s]".formatted(model, bytes, closed ? "closed" : state));
    }

    // What follows is called under the budget's lock.

    private void become(State wanted, @Nullable Evictable means) {
        if (wanted == State.EVICTABLE) {
            evictable = means;
        }
        if (state == State.EVICTING) {
            unlessEvicted = wanted;
        } else {
            state = wanted;
        }
    }

    /** Marks it as being unloaded and says by which means. */
    Evictable beginEviction() {
        state = State.EVICTING;
        unlessEvicted = State.EVICTABLE;
        return Objects.requireNonNull(evictable, "evictable");
    }

    /** The model was in use. */
    void refuseEviction() {
        state = unlessEvicted;
    }

    /** Whether the model's memory came back is not known, so it is taken to be in use for good. */
    void failEviction() {
        state = State.PINNED;
    }

    long heldBytes() {
        return bytes;
    }

    void hold(long newBytes) {
        bytes = newBytes;
    }

    boolean isIn(State other) {
        return state == other;
    }

    boolean isClosed() {
        return closed;
    }

    long idleNanos(long now) {
        return Math.max(0, now - lastUsed.getOpaque());
    }

    Holding holding(long now) {
        return new Holding(model, bytes, state, idleNanos(now));
    }
}
