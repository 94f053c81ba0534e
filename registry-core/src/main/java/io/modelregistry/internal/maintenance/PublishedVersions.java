package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** Says what the heads name, to whoever is about to delete something: that stays, whatever other documents say. */
final class PublishedVersions {
    private final StorageNode node;
    private final HeadStore heads;

    PublishedVersions(StorageNode node, HeadStore heads) {
        this.node = node;
        this.heads = heads;
    }

    /**
     * The version that lies under these keys, if the model's head names it.
     *
     * @throws CorruptionException if the head, or a page that could tell, is damaged or missing
     */
    Optional<VersionRow> find(VersionTarget target) throws IOException {
        return find(target.keys(), head -> row(head, target.version()));
    }

    /** The version with this precedence, spelled as it was published, if the model's head names it. */
    Optional<VersionRow> find(ModelKeys keys, ModelVersion version) throws IOException {
        return find(keys, head -> head.search().find(version));
    }

    private Optional<VersionRow> find(ModelKeys keys, Function<StoredHead, Optional<TableRow>> search)
            throws IOException {
        Optional<Optional<TableRow>> found = heads.ask(keys, search);
        if (found.isEmpty() && hasHistory(node, keys)) {
            found = heads.ask(keys, search); // The first head may have been written, and replaced, in between.
            if (found.isEmpty()) {
                throw lost(keys);
            }
        }
        return found.flatMap(row -> row.map(TableRow::row));
    }

    /** A key is lower case; a version that has letters may have been published with capitals. */
    private static Optional<TableRow> row(StoredHead head, ModelVersion version) {
        boolean hasLetters = version.key().chars().anyMatch(c -> c >= 'a');
        return hasLetters
                ? head.search().all().stream()
                        .filter(row -> row.row().version().sameKey(version))
                        .findFirst()
                : head.search().find(version);
    }

    /** Whether there are events; they are written once there is a head, and by copies before there is one. */
    static boolean hasHistory(StorageNode node, ModelKeys keys) throws IOException {
        return !node.list(keys.folder(ModelKeys.HISTORY), null, 1).isEmpty();
    }

    /** There is a history, and then there was no head. */
    static CorruptionException lost(ModelKeys keys) {
        return new CorruptionException(
                keys.head().value(),
                "it is missing, and there is a history: it was lost, or a copy of the model did not come to its end",
                null);
    }
}
