package io.modelregistry.cache;

/**
 * What a prefetch made available on this host, whether it was fetched or there already.
 *
 * @param versions how many versions
 * @param files how many files they have
 * @param bytes how many bytes these have
 */
public record Prefetched(int versions, int files, long bytes) {}
