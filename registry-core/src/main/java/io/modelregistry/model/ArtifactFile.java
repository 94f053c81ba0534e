package io.modelregistry.model;

import java.util.Objects;

/**
 * One file of a version, as sealed.
 *
 * @param path where it lies in the version's folder
 * @param size its length in bytes
 * @param digest the SHA-256 of its content
 * @param kind what it is for
 */
public record ArtifactFile(ArtifactPath path, long size, Digest digest, FileKind kind) {
    /** Checks for nulls and a negative size. */
    public ArtifactFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(kind, "kind");
        if (size < 0) {
            throw new InvalidValueException(
                    "size of file '" + path + "'", Long.toString(size), "it is negative", "zero or more");
        }
    }
}
