package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.HoldingCodec;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Claimed;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocument.Voided;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes through the folder of a model and says of each object what it is there for, or that nothing names it. */
final class FolderVerifier {
    private final Inspection inspection;
    private final ModelKeys keys;
    private final Parts parts;
    private @Nullable Loaded current;
    private boolean traces;
    private boolean guesses = true;

    FolderVerifier(Inspection inspection, ModelKeys keys, Parts parts) {
        this.inspection = inspection;
        this.keys = keys;
        this.parts = parts;
    }

    /** What checks the single things, and has checked what the head leads to. */
    record Parts(HistoryVerifier history, VersionVerifier versions, TableVerifier table) {}

    /** Whether there are objects that only a model with a head has. */
    boolean hasTracesOfAHead() {
        return traces;
    }

    /** There is a head, and it cannot be read: what it does not seem to name may be named by it. */
    void doNotGuessWhatIsPublished() {
        guesses = false;
    }

    void verify(Optional<Head> head) throws IOException {
        Listings.objects(inspection.node(), keys.root(), object -> {
            String path = keys.root().relativize(object.key());
            if (ModelFolders.isInside(path)) {
                inside(object.key(), path, head);
            }
            return path.charAt(0) < 'a';
        });
    }

    private void inside(StorageKey key, String path, Optional<Head> head) throws IOException {
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        String rest = slash < 0 ? "" : path.substring(slash + 1);
        if (path.equals(ModelKeys.HEAD)) {
            return;
        }
        if (first.equals(ModelKeys.HISTORY)) {
            history(key, head);
        } else if (first.equals(ModelKeys.PAGES)) {
            page(key, rest, head);
        } else if (first.equals(ModelKeys.CONTENTS)) {
            holding(key, head);
        } else if (first.charAt(0) == '_') {
            foreign(key);
        } else if (rest.isEmpty()) {
            document(key, first, head);
        } else {
            file(key, first, rest, head);
        }
    }

    private void foreign(StorageKey key) {
        inspection.report(key, Kind.FOREIGN, "the registry puts nothing of this name here");
    }

    private void history(StorageKey key, Optional<Head> head) throws IOException {
        long revision = ModelFolders.revision(keys, key);
        if (revision < 1) {
            foreign(key);
            return;
        }
        traces = true;
        parts.history.met(key, revision, head);
    }

    private void page(StorageKey key, String name, Optional<Head> head) {
        if (name.indexOf('/') >= 0 || !name.endsWith(".json")) {
            foreign(key);
        } else if (head.isPresent() && parts.table.isComplete() && !parts.table.names(key)) {
            inspection.report(key, Kind.LEFTOVER, "no head names this page of the version table");
        }
        traces = true;
    }

    private void holding(StorageKey key, Optional<Head> head) throws IOException {
        if (!ModelFolders.isContent(keys, key)) {
            foreign(key);
            return;
        }
        Optional<ModelVersion> version = inspection
                .read(key, "it was there a moment ago")
                .flatMap(bytes -> inspection.decode(key, bytes, HoldingCodec::decode));
        if (version.isPresent() && !isUnsure(head) && published(version.get()).isEmpty()) {
            inspection.report(key, Kind.LEFTOVER, "it names version '" + version.get() + "', which is not published");
        }
    }

    private void document(StorageKey key, String name, Optional<Head> head) throws IOException {
        Optional<ModelVersion> version = name.endsWith(ModelKeys.META)
                ? ModelFolders.version(name.substring(0, name.length() - ModelKeys.META.length()))
                : Optional.empty();
        if (version.isEmpty()) {
            foreign(key);
            return;
        }
        if (published(version.get()).isPresent() || isUnsure(head)) {
            return;
        }
        Optional<VersionDocument> document = inspection
                .read(key, "it was there a moment ago")
                .flatMap(bytes -> inspection.decode(key, bytes, VersionDocumentCodec::decode));
        if (document.isEmpty()) {
            return;
        }
        if (document.get() instanceof Sealed done) {
            unpublished(key, version.get(), done);
        } else if (document.get() instanceof Claimed claimed) {
            inspection.report(key, Kind.CLAIMED, "claimed by " + claimed.by() + " at " + claimed.at());
        } else if (document.get() instanceof Voided voided) {
            inspection.report(key, Kind.VOID, "its upload was collected by " + voided.by() + " at " + voided.at());
        }
    }

    private void unpublished(StorageKey key, ModelVersion version, Sealed document) throws IOException {
        if (parts.table.find(document.manifest().version()).isEmpty()) {
            if (guesses) {
                inspection.report(
                        key, Kind.UNPUBLISHED, "it is sealed and not visible yet; registering it again publishes it");
            }
            parts.versions.sealed(key, version, document);
        }
    }

    /** Whether a version that was not found may have been published all the same. */
    private boolean isUnsure(Optional<Head> head) {
        return head.isPresent() && !parts.table.isComplete();
    }

    private void file(StorageKey key, String folder, String path, Optional<Head> head) throws IOException {
        Optional<ModelVersion> version = ModelFolders.version(ModelFolders.versionKey(folder));
        if (version.isEmpty()) {
            foreign(key);
        } else if (folder.endsWith(ModelKeys.ATTACHMENTS)) {
            attachment(key, version.get(), head);
        } else {
            artifact(key, new Place(version.get(), folder, path), head);
        }
    }

    private record Place(ModelVersion version, String folder, String path) {}

    private void artifact(StorageKey key, Place place, Optional<Head> head) throws IOException {
        if (current == null || !current.version.equals(place.version)) {
            current = load(place.version);
        }
        if (current.document instanceof Sealed document) {
            if (!document.folder().equals(place.folder)) {
                inspection.report(key, Kind.LEFTOVER, "an attempt uploaded it, and another one sealed the version");
            } else if (document.manifest().files().stream()
                    .noneMatch(file -> file.path().value().equals(place.path))) {
                inspection.report(key, Kind.FOREIGN, "the manifest of its version does not name it");
            }
        } else if (current.isReadable && published(place.version).isEmpty() && !isUnsure(head)) {
            inspection.report(key, Kind.LEFTOVER, "it was uploaded for a version that is not sealed");
        }
    }

    /**
     * The document of a version.
     *
     * @param document what it says, unless it is absent or not readable
     * @param isReadable whether it is absent or was read; what is the matter with it is reported where it lies
     */
    private record Loaded(ModelVersion version, @Nullable VersionDocument document, boolean isReadable) {}

    private Loaded load(ModelVersion version) throws IOException {
        try {
            byte[] bytes = inspection.node().readAll(keys.meta(version));
            VersionDocument document = VersionDocumentCodec.decode(bytes);
            Optional<TableRow> row = published(version);
            boolean isTheSealedOne = row.isEmpty() || row.get().row().manifest().equals(Digest.sha256(bytes));
            return new Loaded(version, isTheSealedOne ? document : null, isTheSealedOne);
        } catch (NoSuchKeyException e) {
            return new Loaded(version, null, true);
        } catch (StorageClosedException e) {
            throw e;
        } catch (IOException | MalformedDocumentException | Formats.NewerFormatException e) {
            return new Loaded(version, null, false);
        }
    }

    private Optional<TableRow> published(ModelVersion version) {
        return parts.table.find(version);
    }

    private void attachment(StorageKey key, ModelVersion version, Optional<Head> head) throws IOException {
        if (head.isEmpty() || isUnsure(head)) {
            return;
        }
        Optional<TableRow> row = published(version);
        if (row.isEmpty() && load(version).document instanceof Sealed document) {
            row = published(document.manifest().version()); // It is spelled with capitals.
        }
        boolean isNamed = row.isPresent()
                && row.get().state().attachments().stream()
                        .anyMatch(attachment -> keys.attachment(version, attachment.kind(), attachment.digest())
                                .equals(key));
        if (!isNamed) {
            inspection.report(key, Kind.LEFTOVER, "it was to be attached, and no version names it");
        }
    }
}
