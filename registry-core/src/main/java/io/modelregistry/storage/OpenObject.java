package io.modelregistry.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * An object and a stream of exactly that generation. Close it to close the stream.
 *
 * @param object the whole object's facts, also when only a range is streamed
 * @param stream the requested bytes; not thread-safe
 */
public record OpenObject(StoredObject object, InputStream stream) implements AutoCloseable {
    /** Checks for nulls. */
    public OpenObject {
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(stream, "stream");
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
