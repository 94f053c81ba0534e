package io.modelregistry.cache;

/** What a registry with a local cache does without its store. */
public enum Offline {
    /** Fails, as it does without a cache. */
    FAIL,
    /**
     * Asks the store, and answers from the cache while the store cannot be reached: that is, while no answer comes. A
     * store that refuses (wrong credentials, a missing bucket) was reached. After a call that did not reach the store
     * it is asked again only after some seconds.
     */
    SERVE_CACHED,
    /** Never asks the store: answers from the cache alone. */
    CACHE_ONLY
}
