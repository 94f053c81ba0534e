package io.modelregistry.registry.contract;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All objects of a store with their bytes, one character a byte. */
public record Snapshot(SortedMap<String, String> objects) {
    private static final int PAGE = 500;

    /** The objects of a store now. */
    public static Snapshot of(StorageNode node) {
        SortedMap<String, String> objects = new TreeMap<>();
        @Nullable StorageKey last = null;
        List<ListedObject> page;
        try {
            do {
                page = node.list(KeyPrefix.ROOT, last, PAGE);
                for (ListedObject object : page) {
                    last = object.key();
                    objects.put(last.value(), new String(node.readAll(last), StandardCharsets.ISO_8859_1));
                }
            } while (page.size() == PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Snapshot(objects);
    }
}
