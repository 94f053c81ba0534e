package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.NameList;
import io.modelregistry.model.ModelName;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Lists the models that are there and not listed. */
public final class NameRestorer {
    private NameRestorer() {}

    /** Looks into all folders, and returns the names that were missing, in lower case. */
    public static List<ModelName> restore(StorageNode node) throws IOException {
        List<ModelName> restored = new ArrayList<>();
        ModelEnumeration.candidates(node, keys -> {
            if (isLost(node, keys)) {
                NameList.add(node, keys);
                restored.add(keys.name());
            }
            return true;
        });
        return restored;
    }

    private static boolean isLost(StorageNode node, ModelKeys keys) throws IOException {
        return node.find(keys.head()).isPresent() && node.find(keys.listed()).isEmpty();
    }
}
