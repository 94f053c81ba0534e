package io.modelregistry.internal.state;

import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import java.util.Objects;

/**
 * What never changes of a published version.
 *
 * @param version the version
 * @param sequence its number in the order of publication, from 1
 * @param manifest the digest of the bytes of its sealed document
 */
public record VersionRow(ModelVersion version, long sequence, Digest manifest) {
    /** Checks for nulls. */
    public VersionRow {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(manifest, "manifest");
    }
}
