package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.commit.VersionDocuments;
import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Claimed;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.HoldingStore;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.maintenance.CopyRefusedException;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies one version by the rules that every upload follows: it is claimed in the target with the digest of its files,
 * uploaded, and sealed on the condition that the claim is still there, so that a registration or a collection that goes
 * on in the target is not disturbed and does not disturb.
 */
final class VersionCopier {
    private final CopyTarget target;
    private final ModelKeys keys;
    private final Environment environment;
    private final Principal by;
    private final VersionDocuments documents;
    private final HoldingStore holdings;

    VersionCopier(CopyTarget target, ModelKeys keys, Environment environment, Principal by) {
        this.target = target;
        this.keys = keys;
        this.environment = environment;
        this.by = by;
        this.documents = new VersionDocuments(target.node());
        this.holdings = new HoldingStore(target.node());
    }

    private record Source(byte[] bytes, Sealed document) {
        Digest content() {
            List<UploadFile> files =
                    document.manifest().files().stream().map(Source::file).toList();
            return UploadFile.contentDigest(files);
        }

        private static UploadFile file(ArtifactFile file) {
            ArtifactSource source = new ArtifactSource(file.path(), Optional.of(file.kind()), file.size(), () -> {
                throw new IOException("Only the digest of '" + file.path() + "' is needed");
            });
            return new UploadFile(source, file.kind(), Optional.of(file.digest()));
        }
    }

    private Source source(VersionRow row) throws IOException {
        StorageKey key = keys.meta(row.version());
        byte[] bytes = target.readSource(key);
        if (!Digest.sha256(bytes).equals(row.manifest())) {
            throw new CorruptionException(key.value(), "its bytes do not match the digest in the model's head", null);
        }
        VersionDocument document = StoreErrors.decode(key, bytes, VersionDocumentCodec::decode);
        if (document instanceof Sealed sealedDocument) {
            return new Source(bytes, sealedDocument);
        }
        throw new CorruptionException(key.value(), "it is not sealed", null);
    }

    /** Refuses a version that the target has otherwise. Writes nothing. */
    void check(VersionRow row) throws IOException {
        Source source = source(row);
        Optional<Stored> present = documents.read(keys.meta(row.version()));
        if (present.isPresent() && isThere(row, source, present.get())) {
            return;
        }
        for (ArtifactFile file : source.document.manifest().files()) {
            StorageKey key = keys.file(source.document.folder(), file.path());
            target.checkFile(row.version().toString(), key, file.size(), file.digest());
        }
    }

    /** Whether the target has the version; refuses one that cannot become it. */
    private boolean isThere(VersionRow row, Source source, Stored present) {
        if (Arrays.equals(present.bytes(), source.bytes)) {
            return true;
        }
        boolean isPlain = source.document.folder().equals(row.version().key());
        boolean isOpen = present.document() instanceof Claimed claimed
                && (!isPlain || claimed.content().equals(Optional.of(source.content())));
        if (!isOpen) {
            throw refused(row, "decides the version otherwise");
        }
        return false;
    }

    private CopyRefusedException refused(VersionRow row, String why) {
        return new CopyRefusedException(
                keys.name() + ":" + row.version(), keys.meta(row.version()).value(), why);
    }

    /** Copies the version unless it is there. */
    void copy(VersionRow row) throws IOException {
        StorageKey key = keys.meta(row.version());
        Source source = source(row);
        Optional<Stored> present = documents.read(key);
        Stored claim = present.isPresent() ? present.get() : claim(row, source);
        if (isThere(row, source, claim)) {
            return;
        }
        for (ArtifactFile file : source.document.manifest().files()) {
            target.file(keys.file(source.document.folder(), file.path()), file.size(), file.digest());
        }
        Optional<byte[]> other = target.write(key, source.bytes, WriteCondition.ifMatches(claim.etag()));
        if (other.isPresent()) {
            throw refused(row, "was changed by somebody else meanwhile");
        }
        for (ArtifactFile file : source.document.manifest().files()) {
            if (holdings.remembers(file.size())) {
                String sample = holdings.sample(keys.file(source.document.folder(), file.path()), file.size());
                holdings.remember(keys, sample, file.digest(), row.version());
            }
        }
    }

    private Stored claim(VersionRow row, Source source) throws IOException {
        Retries.Budget budget = environment.retries().begin("copy '" + keys.name() + ":" + row.version() + "'");
        Claimed claim = new Claimed(
                1,
                environment.ids().get(),
                Optional.of(source.content()),
                by,
                environment.clock().instant());
        return documents.write(keys.meta(row.version()), claim, WriteCondition.ifAbsent(), budget);
    }
}
