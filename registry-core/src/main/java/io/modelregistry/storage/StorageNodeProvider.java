package io.modelregistry.storage;

import java.io.IOException;
import java.net.URI;

/** Opens storage nodes by URI; found by {@link java.util.ServiceLoader} or passed in. */
public interface StorageNodeProvider {
    /** The URI scheme that this provider opens, in lower case, such as {@code file}. */
    String scheme();

    /**
     * Opens a node, which the caller closes.
     *
     * @throws IllegalArgumentException if the URI is not of this provider's form
     */
    StorageNode open(URI uri) throws IOException;
}
