package io.modelregistry.storage.contract;

import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.List;

/** Opens a node in whichever process it is asked to; made there by its public constructor without parameters. */
@FunctionalInterface
public interface NodeOpener {
    /** Opens a node over the store that the arguments name; the caller closes it. */
    StorageNode open(List<String> arguments) throws IOException;
}
