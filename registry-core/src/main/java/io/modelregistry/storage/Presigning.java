package io.modelregistry.storage;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** An optional ability of a {@link StorageNode}: links that let whoever has them read one object for some time. */
public interface Presigning {
    /**
     * A link to an object, which need not exist. It needs no credentials, so it is a secret until it expires.
     *
     * @param validFor from now on; at least a second
     * @return empty if this node stands before one that makes no links
     * @throws IllegalArgumentException if the store does not make links that are valid for so long
     */
    Optional<URI> findDownloadLink(StorageKey key, Duration validFor) throws IOException;
}
