package io.modelregistry.inference.runtime;

import io.modelregistry.inference.runtime.MemorySnapshot.Holding;
import java.util.List;

/**
 * Who holds how much of a {@link MemoryBudget} at one moment.
 *
 * @param limit the most bytes that are admitted; {@link Long#MAX_VALUE} for no limit
 * @param admitted the bytes of all holdings; above the limit only where a loaded model turned out larger than estimated
 * @param holdings in the order in which they were admitted
 */
public record MemorySnapshot(long limit, long admitted, List<Holding> holdings) {
    /** Copies the holdings. */
    public MemorySnapshot {
        holdings = List.copyOf(holdings);
    }

    /** The bytes of the holdings in this state. */
    public long bytes(State state) {
        return holdings.stream()
                .filter(holding -> holding.state() == state)
                .mapToLong(Holding::bytes)
                .sum();
    }

    /** What may happen to a holding. */
    public enum State {
        /** Its model is being loaded: it is not evicted, but may soon be evictable. */
        LOADING,
        /** Stays until its holder gives it back. */
        PINNED,
        /** May be unloaded while nobody uses it. */
        EVICTABLE,
        /** Is being unloaded, its memory is still taken. */
        EVICTING
    }

    /**
     * What one model holds.
     *
     * @param model how its holder calls it
     * @param bytes what was admitted for it
     * @param idleNanos how long ago it was last used
     */
    public record Holding(String model, long bytes, State state, long idleNanos) {}
}
