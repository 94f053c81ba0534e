package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.maintenance.Inspection.Look;
import io.modelregistry.internal.maintenance.Inspection.Outcome;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.ModelName;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.util.Optional;

/** Checks one model: first everything that its head leads to, then everything that lies in its folder. */
final class ModelVerifier {
    private final Inspection inspection;
    private final ModelKeys keys;
    private String etag = "";

    ModelVerifier(Inspection inspection, ModelKeys keys) {
        this.inspection = inspection;
        this.keys = keys;
    }

    void verify() throws IOException {
        Look look = inspection.look(keys.head());
        etag = look.etag();
        Optional<Head> head = look.outcome() == Outcome.PRESENT
                ? inspection.decode(keys.head(), look.bytes(), HeadCodec::decode)
                : Optional.empty();
        HistoryVerifier history = new HistoryVerifier(inspection, keys);
        VersionVerifier versions = new VersionVerifier(inspection, keys);
        TableVerifier table = new TableVerifier(inspection, keys, versions);
        if (head.isPresent()) {
            ModelName name = head.get().state().identity().name();
            if (!name.equals(keys.name())) {
                inspection.report(keys.head(), Kind.DAMAGED, "it is the head of '" + name + "'");
            }
            verifyListed();
            table.verify(head.get().state());
            history.verify(head.get(), table);
        }
        FolderVerifier folder =
                new FolderVerifier(inspection, keys, new FolderVerifier.Parts(history, versions, table));
        if (look.outcome() != Outcome.ABSENT && head.isEmpty()) {
            folder.doNotGuessWhatIsPublished();
        }
        folder.verify(head);
        if (look.outcome() == Outcome.ABSENT && folder.hasTracesOfAHead()) {
            inspection.report(
                    keys.head(),
                    Kind.MISSING,
                    "it is missing, and there is a history: it was lost, or a copy of the model did not come to its end");
        }
    }

    private void verifyListed() throws IOException {
        if (inspection.look(keys.listed()).outcome() == Outcome.ABSENT) {
            inspection.report(
                    keys.listed(),
                    Kind.MISSING,
                    "it is missing, so that the model is not listed; RegistryMaintenance.restoreNames() writes it");
        }
    }

    /** Whether the head was replaced since it was looked at. */
    boolean hasMovedOn() throws IOException {
        StorageNode node = inspection.node();
        StorageKey head = keys.head();
        try {
            return !node.find(head).map(StoredObject::etag).orElse("").equals(etag);
        } catch (StorageClosedException e) {
            throw e;
        } catch (IOException e) {
            return !etag.isEmpty(); // Else it could not be read before either, which was reported.
        }
    }
}
