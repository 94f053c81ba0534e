package io.modelregistry.internal.cache;

import java.nio.file.Path;
import java.time.Clock;

/**
 * How a cache is used.
 *
 * @param folder where it is
 * @param maxBytes how much it may hold
 * @param reach when the store is asked
 * @param reports hears when the store cannot be reached, and when it can be again
 * @param clock dates what was used
 */
public record CacheSettings(Path folder, long maxBytes, Reach reach, Reports reports, Clock clock) {
    /** When the store is asked. */
    public enum Reach {
        /** Always; what it does not answer fails. */
        STORE,
        /** Always; what it cannot answer because it cannot be reached is answered from the cache. */
        CACHE_IF_UNREACHABLE,
        /** Never. */
        CACHE_ONLY
    }

    /** Hears of the connection to the store. */
    public interface Reports {
        /** From now on answers come from the cache. */
        void offline(String why);

        /** The store answers again. */
        void online();
    }
}
