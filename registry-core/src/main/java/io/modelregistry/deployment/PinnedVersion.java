package io.modelregistry.deployment;

import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import java.util.Objects;

/**
 * The one version that a reference led to when it was resolved.
 *
 * @param name the model
 * @param version the version
 * @param manifest the digest of its sealed manifest, which makes it the same bytes everywhere
 */
public record PinnedVersion(ModelName name, ModelVersion version, Digest manifest) {
    /** Checks for nulls. */
    public PinnedVersion {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(manifest, "manifest");
    }

    /** The exact reference, with the digest. */
    public ModelRef ref() {
        return ModelRef.of(name, version, manifest);
    }

    /** The model and version, such as {@code nlp/sentiment:1.4.0}. */
    @Override
    public String toString() {
        return name + ":" + version;
    }
}
