package io.modelregistry.storage;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** An optional ability of a {@link StorageNode}: links that let whoever has them read one object for some time. */
public interface Presigning {
    /**
     * A link to an object, which need not exist. It needs no credentials, so it is a secret until it expires.
     *
     * @param validFor from now on; at least a second
     * @throws IllegalArgumentException if the store does not make links that are valid for so long
     */
    URI downloadLink(StorageKey key, Duration validFor) throws IOException;
}
