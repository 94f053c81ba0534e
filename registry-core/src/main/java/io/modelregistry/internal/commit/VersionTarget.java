package io.modelregistry.internal.commit;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.StorageKey;

/**
 * A version of a model.
 *
 * @param keys the model
 * @param version the version
 */
public record VersionTarget(ModelKeys keys, ModelVersion version) {
    /** The document that decides the version. */
    public StorageKey meta() {
        return keys.meta(version);
    }

    @Override
    public String toString() {
        return keys.name() + ":" + version;
    }
}
