package io.modelregistry.internal.document;

import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * The document that decides a version: absent, then claimed, then sealed; or void, after a collection took away what an
 * attempt had uploaded. Each write of it counts its revision up and carries the id of the call, so that its bytes are
 * unique.
 */
public sealed interface VersionDocument {
    /** Counts the writes of the document, from 1. */
    long revision();

    /** The unique id of the call that wrote it. */
    String operation();

    /**
     * Somebody is uploading.
     *
     * @param content the digest of the set of files; empty if it is found out while uploading, and the folder is this
     *     attempt's alone
     */
    record Claimed(long revision, String operation, Optional<Digest> content, Principal by, Instant at)
            implements VersionDocument {}

    /** What attempts had uploaded was collected; the plain folder is never used again. */
    record Voided(long revision, String operation, Principal by, Instant at) implements VersionDocument {}

    /**
     * The version is what the manifest says, for ever.
     *
     * @param folder the folder of the files, below the model
     * @param manifest what was sealed
     * @param reason why it was registered, for whoever publishes it; empty if it was not said
     */
    record Sealed(long revision, String operation, String folder, Manifest manifest, String reason)
            implements VersionDocument {}
}
