package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.state.VersionState;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Optional;

/** Checks the documents of versions, their files and their attachments. */
final class VersionVerifier {
    private final Inspection inspection;
    private final ModelKeys keys;

    VersionVerifier(Inspection inspection, ModelKeys keys) {
        this.inspection = inspection;
        this.keys = keys;
    }

    /** Checks a version that the table names. */
    void published(VersionRow row, VersionState state) throws IOException {
        StorageKey key = keys.meta(row.version());
        Optional<byte[]> bytes = inspection.read(key, "the model's head names it");
        if (bytes.isPresent()) {
            document(key, row, bytes.get());
        }
        for (Attachment attachment : state.attachments()) {
            inspection.file(
                    keys.attachment(row.version(), attachment.kind(), attachment.digest()),
                    attachment.size(),
                    attachment.digest());
        }
    }

    private void document(StorageKey key, VersionRow row, byte[] bytes) throws IOException {
        if (!Digest.sha256(bytes).equals(row.manifest())) {
            Optional<VersionDocument> other = inspection.decode(key, bytes, VersionDocumentCodec::decode);
            if (other.isPresent()) {
                inspection.report(key, Kind.DAMAGED, "its bytes do not match the digest in the model's head");
            }
            return;
        }
        Optional<VersionDocument> document = inspection.decode(key, bytes, VersionDocumentCodec::decode);
        if (document.isEmpty()) {
            return;
        }
        if (document.get() instanceof Sealed sealed) {
            sealed(key, row.version(), sealed);
        } else {
            inspection.report(key, Kind.DAMAGED, "the version is published, and it is not sealed");
        }
    }

    /** Checks a sealed document and the files that it names. */
    void sealed(StorageKey key, ModelVersion version, Sealed sealed) throws IOException {
        Manifest manifest = sealed.manifest();
        if (!manifest.name().equals(keys.name()) || !manifest.version().sameKey(version)) {
            inspection.report(key, Kind.DAMAGED, "it is the manifest of '" + manifest.ref() + "'");
            return;
        }
        String folder = sealed.folder();
        if (!folder.equals(version.key()) && !folder.startsWith(ModelKeys.attemptFolder(version, ""))) {
            inspection.report(key, Kind.DAMAGED, "it names the folder '" + folder + "', which is not of this version");
            return;
        }
        for (ArtifactFile file : manifest.files()) {
            inspection.file(keys.file(folder, file.path()), file.size(), file.digest());
        }
    }
}
