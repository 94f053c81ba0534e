package io.modelregistry.internal.maintenance;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through listings page by page. */
final class Listings {
    private static final int PAGE = 1000;

    private Listings() {}

    /** Takes one entry of a listing. */
    @FunctionalInterface
    interface Visitor<T> {
        /** Takes an entry; false ends the listing. */
        boolean visit(T entry) throws IOException;
    }

    /** The objects below a folder, ascending. */
    static void objects(StorageNode node, KeyPrefix folder, Visitor<ListedObject> visitor) throws IOException {
        objects(node, folder, null, visitor);
    }

    /** The objects below a folder and behind a key, ascending. */
    static void objects(StorageNode node, KeyPrefix folder, @Nullable StorageKey after, Visitor<ListedObject> visitor)
            throws IOException {
        @Nullable StorageKey start = after;
        while (true) {
            List<ListedObject> page = node.list(folder, start, PAGE);
            for (ListedObject object : page) {
                if (!visitor.visit(object)) {
                    return;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            start = page.get(page.size() - 1).key();
        }
    }

    /** The folders directly below a folder, in the order of the store. */
    static void folders(StorageNode node, KeyPrefix folder, @Nullable String after, Visitor<String> visitor)
            throws IOException {
        @Nullable String start = after;
        while (true) {
            List<String> page = node.listFolders(folder, start, PAGE);
            for (String name : page) {
                if (!visitor.visit(name)) {
                    return;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            start = page.get(page.size() - 1);
        }
    }
}
