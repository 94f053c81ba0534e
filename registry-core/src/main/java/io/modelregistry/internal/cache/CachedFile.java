package io.modelregistry.internal.cache;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.storage.StorageKey;

/**
 * A file of a version, and where it lies in the store.
 *
 * @param key where the store has it
 * @param file what was sealed
 */
public record CachedFile(StorageKey key, ArtifactFile file) {}
