package io.modelregistry.inference.runtime;

/**
 * How many requests may be computed at the same time; immutable. A {@link ConcurrencyLimiter} enforces it.
 *
 * <p>For a model whose calls need a processor each, a fixed limit of the number of processors is hard to beat. The
 * adaptive limits are for models whose capacity is not known or changes: on a device, behind a network, on a machine
 * with neighbours.
 */
public sealed interface ConcurrencyLimit
        permits ConcurrencyLimit.Unlimited, ConcurrencyLimit.Fixed, AimdLimit, Gradient2Limit {
    /** The largest limit that can be set. */
    int MAX_PERMITS = 1_000_000;

    /** No limit; requests in flight are counted all the same. */
    static ConcurrencyLimit unlimited() {
        return new Unlimited();
    }

    /** Always so many, until {@link ConcurrencyLimiter#resize}. */
    static ConcurrencyLimit fixed(int permits) {
        return new Fixed(permits);
    }

    /** Grows by one at a time and shrinks by a tenth when a request is dropped: {@link AimdLimit} with its defaults. */
    static ConcurrencyLimit aimd() {
        return AimdLimit.builder().build();
    }

    /** Follows the time that requests take: {@link Gradient2Limit} with its defaults. */
    static ConcurrencyLimit gradient2() {
        return Gradient2Limit.builder().build();
    }

    /** No limit. */
    record Unlimited() implements ConcurrencyLimit {}

    /**
     * Always so many.
     *
     * @param permits how many, 1 to {@link #MAX_PERMITS}
     */
    record Fixed(int permits) implements ConcurrencyLimit {
        /** Checks the number. */
        public Fixed {
            Bounds.inRange("concurrency limit", permits, 1, MAX_PERMITS);
        }
    }
}
