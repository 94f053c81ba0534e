package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import java.time.Instant;
import java.util.List;

/**
 * Makes the manifest of a registration whose digests are not known yet, so that what no manifest can say is refused
 * before anything is written.
 */
final class ManifestOutline {
    /** For the version, ids, the caller and the reason. */
    private static final int HEADROOM = 32 << 10;

    private static final Digest UNKNOWN = Digest.sha256(new byte[0]);

    private final long longestDocument;

    /** Checks against the longest document that the store takes under a condition. */
    ManifestOutline(long longestDocument) {
        this.longestDocument = longestDocument;
    }

    /**
     * Refuses a registration that cannot become a manifest.
     *
     * @throws InvalidValueException if a value breaks its rules, or all of them together are too long for the store
     */
    void check(Preparation prepared) {
        List<ArtifactFile> files =
                prepared.files().stream().map(ManifestOutline::outline).toList();
        boolean known = !files.isEmpty();
        Manifest manifest = prepared.manifest(
                ModelVersion.FIRST,
                "outline",
                new Manifest.Creation(Principal.service("outline"), Instant.EPOCH),
                known ? files : List.of(new ArtifactFile(ArtifactPath.of("file"), 0, UNKNOWN, FileKind.OTHER)));
        byte[] document =
                VersionDocumentCodec.encode(new VersionDocument.Sealed(1, "outline", "outline", manifest, ""));
        if (document.length + HEADROOM > longestDocument) {
            throw new InvalidValueException(
                    "manifest of model",
                    prepared.registration().name().toString(),
                    "it has " + document.length + " bytes",
                    "at most " + (longestDocument - HEADROOM));
        }
    }

    private static ArtifactFile outline(UploadFile file) {
        return new ArtifactFile(file.path(), file.size(), UNKNOWN, file.kind());
    }
}
