package io.modelregistry.internal.commit;

import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Claimed;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.Optional;

/**
 * Claims a version, and seals it.
 *
 * <p>One document decides a version. It is created as a claim, and read if it is there. The plain folder of the version
 * belongs to the set of files that the first claim names: an attempt with that set uploads there, any other, and every
 * one after a void, to a folder of its own whose name is never used again. Sealing replaces the document on the
 * condition that it is still the one that was read when the upload began, so that neither another writer nor a
 * collection can have come between.
 */
public class VersionUploader {
    private final VersionDocuments documents;
    private final Environment environment;

    /** Uploads to a store. */
    public VersionUploader(StorageNode node, Environment environment) {
        this.documents = new VersionDocuments(node);
        this.environment = environment;
    }

    /** The documents that decide versions. */
    public VersionDocuments documents() {
        return documents;
    }

    /** How an attempt to claim a version ended. */
    public sealed interface Claim {
        /**
         * Upload to the folder, then seal.
         *
         * @param etag the generation of the document that sealing must find
         * @param revision its revision
         * @param won whether the version was claimed by this attempt, not by another one before
         */
        record Upload(String folder, String etag, long revision, boolean won) implements Claim {}

        /** The version is sealed. */
        record Decided(Stored stored, Sealed sealed) implements Claim {}
    }

    /**
     * Claims a version unless its document is there, and then reads that.
     *
     * @param content the digest of the set of files; empty if it is not known before the upload
     */
    public Claim claim(VersionTarget target, Optional<Digest> content, Principal by) throws IOException {
        Retries.Budget budget = environment.retries().begin("register '" + target + "'");
        String operation = environment.ids().get();
        Claimed wanted =
                new Claimed(1, operation, content, by, environment.clock().instant());
        Stored stored = documents.write(target.meta(), wanted, WriteCondition.ifAbsent(), budget);
        if (stored.document() instanceof Sealed sealed) {
            return new Claim.Decided(stored, sealed);
        }
        boolean won = stored.isBy(operation);
        String folder = ownsPlainFolder(stored.document(), won, content)
                ? target.version().key()
                : freshFolder(target);
        return new Claim.Upload(folder, stored.etag(), stored.document().revision(), won);
    }

    /** Whether an attempt uploads to the plain folder of the version. */
    protected boolean ownsPlainFolder(VersionDocument document, boolean won, Optional<Digest> content) {
        return won
                || (document instanceof Claimed claimed
                        && content.isPresent()
                        && claimed.content().equals(content));
    }

    /** A folder whose name was never used and never will be. */
    protected String freshFolder(VersionTarget target) {
        return ModelKeys.attemptFolder(target.version(), environment.ids().get());
    }

    /** How an attempt to seal a version ended. */
    public sealed interface Seal {
        /**
         * The version is sealed with the manifest of this attempt, or with one that says the same.
         *
         * @param ours whether it was this attempt that sealed it
         */
        record Done(Stored stored, Sealed sealed, boolean ours) implements Seal {}

        /** The version is sealed with another manifest. */
        record Other(Stored stored, Sealed sealed) implements Seal {}

        /** A collection came between: upload again, to this folder. */
        record Fenced(Claim.Upload again) implements Seal {}
    }

    /**
     * Seals a version on the condition that its document is still the one that the claim found.
     *
     * @param reason why it is registered, for whoever publishes it
     * @throws OutcomeUnknownException if it is not known whether it was sealed, or will be
     */
    public Seal seal(VersionTarget target, Claim.Upload claim, Manifest manifest, String reason) throws IOException {
        Retries.Budget budget = environment.retries().begin("seal '" + target + "'");
        String operation = environment.ids().get();
        Sealed document = new Sealed(claim.revision() + 1, operation, claim.folder(), manifest, reason);
        Stored stored;
        try {
            stored = documents.write(target.meta(), document, sealCondition(claim), budget);
        } catch (WriteOutcomeUnknownException e) {
            throw new OutcomeUnknownException("seal '" + target + "'", e);
        }
        if (stored.document() instanceof Sealed sealed) {
            if (stored.isBy(operation)) {
                return new Seal.Done(stored, sealed, true);
            }
            return sealed.manifest().saysTheSameAs(manifest)
                    ? new Seal.Done(stored, sealed, false)
                    : new Seal.Other(stored, sealed);
        }
        return new Seal.Fenced(new Claim.Upload(
                freshFolder(target), stored.etag(), stored.document().revision(), claim.won()));
    }

    /** What the document must still be when it is sealed. */
    protected WriteCondition sealCondition(Claim.Upload claim) {
        return WriteCondition.ifMatches(claim.etag());
    }
}
