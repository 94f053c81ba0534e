package io.modelregistry.internal.store;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Optional;

/**
 * The list of the names of all models: an empty object for each. It is there before the model's first head, and is
 * never deleted, so that a model that can be read is also listed. A name whose model was never finished may be listed.
 */
public final class NameList {
    private NameList() {}

    /** Lists a model; may be repeated. Durable when it returns. */
    public static void add(StorageNode node, ModelKeys keys) throws IOException {
        node.write(keys.listed(), Content.of(new byte[0]), WriteCondition.unconditional());
    }

    /** The name that an object below {@link ModelKeys#NAMES} lists, in lower case; empty if others put it there. */
    public static Optional<ModelName> nameOf(StorageKey key) {
        String text = ModelKeys.NAMES.relativize(key);
        try {
            ModelName name = ModelName.parse(text);
            return name.folded().equals(text) ? Optional.of(name) : Optional.empty();
        } catch (InvalidValueException e) {
            return Optional.empty();
        }
    }
}
