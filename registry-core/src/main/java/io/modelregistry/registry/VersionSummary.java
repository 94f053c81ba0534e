package io.modelregistry.registry;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import java.util.Objects;

/**
 * What the registry knows of a version without reading its manifest.
 *
 * @param name the model
 * @param version the version
 * @param sequence its number in the order of publication, from 1, never reused
 * @param manifestDigest the digest of its manifest document
 * @param stage where it stands
 */
public record VersionSummary(ModelName name, ModelVersion version, long sequence, Digest manifestDigest, Stage stage) {
    /** Checks for nulls. */
    public VersionSummary {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(manifestDigest, "manifestDigest");
        Objects.requireNonNull(stage, "stage");
    }

    /** The exact reference of the version. */
    public ModelRef ref() {
        return ModelRef.of(name, version);
    }
}
