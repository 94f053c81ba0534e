package io.modelregistry.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An optional ability of a {@link StorageNode}: its objects are files of this host, named by their keys.
 *
 * <p>The paths are for reading and mapping. Whoever writes through them breaks the store.
 */
public interface LocalFiles {
    /**
     * The file that holds the object at a key.
     *
     * @throws NoSuchKeyException if there is no such object
     */
    Path path(StorageKey key) throws IOException;

    /** The folder that holds the objects below a prefix; it need not exist. */
    Path folder(KeyPrefix prefix) throws IOException;
}
