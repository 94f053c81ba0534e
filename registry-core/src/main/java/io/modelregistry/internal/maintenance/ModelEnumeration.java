package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;

/** Finds the folders that may be those of models. A folder may be that of a group and that of a model. */
final class ModelEnumeration {
    /** Just below the first letter: what lies in a model's folder, such as its versions, comes before it. */
    private static final String BEFORE_NAMES = "`";

    private ModelEnumeration() {}

    /** Takes each folder whose name is one of a model, also if no model lies there. */
    static void candidates(StorageNode node, Listings.Visitor<ModelKeys> visitor) throws IOException {
        Listings.folders(node, ModelKeys.MODELS, BEFORE_NAMES, top -> {
            boolean goOn = true;
            Optional<ModelKeys> plain = keys(ModelName.DEFAULT_GROUP, top);
            if (plain.isPresent()) {
                goOn = visitor.visit(plain.get()) && inGroup(node, top, visitor);
            }
            return goOn;
        });
    }

    private static boolean inGroup(StorageNode node, String group, Listings.Visitor<ModelKeys> visitor)
            throws IOException {
        boolean[] goOn = {true};
        KeyPrefix folder = ModelKeys.MODELS.folder(group);
        Listings.folders(node, folder, BEFORE_NAMES, name -> {
            Optional<ModelKeys> keys = keys(group, name);
            goOn[0] = keys.isEmpty() || visitor.visit(keys.get());
            return goOn[0];
        });
        return goOn[0];
    }

    private static Optional<ModelKeys> keys(String group, String name) {
        try {
            ModelName parsed = ModelName.of(group, name);
            String path = group.equals(ModelName.DEFAULT_GROUP) ? name : group + "/" + name;
            return parsed.keyPath().equals(path) ? Optional.of(ModelKeys.of(parsed)) : Optional.empty();
        } catch (InvalidValueException e) {
            return Optional.empty();
        }
    }
}
