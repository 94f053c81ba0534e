package io.modelregistry.storage.contract;

import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.List;

/**
 * A store that several processes can open.
 *
 * @param opener opens it, in this process and in others
 * @param arguments name the store to the opener
 */
public record SharedStore(Class<? extends NodeOpener> opener, List<String> arguments) {
    /** Copies the arguments. */
    public SharedStore {
        arguments = List.copyOf(arguments);
    }

    /** Opens the store in this process. */
    public StorageNode open() throws IOException {
        try {
            return opener.getConstructor().newInstance().open(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Cannot make " + opener + ", expected a public constructor without parameters", e);
        }
    }
}
