package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.HoldingCodec;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects notes on which version holds a content, if that version is not published or the note is damaged.
 *
 * <p>There is no fence, since nothing depends on a note: a note that is gone costs an upload where a copy within the
 * store would have done. That also makes up for a delete that hits a note which was written anew meanwhile.
 */
final class HoldingCollector {
    private final StorageNode node;
    private final PublishedVersions published;

    HoldingCollector(StorageNode node, PublishedVersions published) {
        this.node = node;
        this.published = published;
    }

    /** What a collection would delete. */
    List<Garbage> find(ModelKeys keys, CollectionScope scope) throws IOException {
        List<ListedObject> old = new ArrayList<>();
        Listings.objects(node, keys.folder(ModelKeys.CONTENTS), object -> {
            if (scope.isOld(object) && scope.approved().test(object.key())) {
                old.add(object);
            }
            return true;
        });
        List<Garbage> garbage = new ArrayList<>();
        for (ListedObject note : old) {
            if (ModelFolders.isContent(keys, note.key()) && !isOfUse(keys, note.key())) {
                garbage.add(new Garbage(note.key().value(), note.size(), Reason.UNPUBLISHED_CONTENT));
            }
        }
        return garbage;
    }

    private boolean isOfUse(ModelKeys keys, StorageKey note) throws IOException {
        try {
            return published.find(keys, HoldingCodec.decode(node.readAll(note))).isPresent();
        } catch (NoSuchKeyException | Formats.NewerFormatException e) {
            return true; // Gone already, or not to be judged by this version of the library.
        } catch (MalformedDocumentException e) {
            return false;
        }
    }

    /** Collects. */
    Collected collect(ModelKeys keys, CollectionScope scope) throws IOException {
        List<Garbage> garbage = find(keys, scope);
        for (Garbage note : garbage) {
            node.delete(StorageKey.of(note.key()));
        }
        return new Collected(garbage, false);
    }
}
