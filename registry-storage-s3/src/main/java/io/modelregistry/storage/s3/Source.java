package io.modelregistry.storage.s3;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.io.InputStream;

/** A caller's content while it is read; its failures are the caller's, and go back unchanged. Not thread-safe. */
final class Source implements AutoCloseable {
    private static final int STEP = 256 << 10;

    private final StorageKey key;
    private final long size;
    private final InputStream stream;

    private Source(StorageKey key, long size, InputStream stream) {
        this.key = key;
        this.size = size;
        this.stream = stream;
    }

    static Source open(StorageKey key, Content content) throws IOException {
        return new Source(key, content.size(), content.open());
    }

    /** Reads the whole of a small content. */
    static byte[] bytesOf(StorageKey key, Content content) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(content.size())];
        try (Source source = open(key, content)) {
            source.read(bytes, bytes.length);
            source.checkEnd();
        }
        return bytes;
    }

    /** Fills the start of a buffer. */
    void read(byte[] buffer, int length) throws IOException {
        int filled = 0;
        while (filled < length) { // in steps, as the content may tell somebody how far it is
            int read = stream.readNBytes(buffer, filled, Math.min(STEP, length - filled));
            if (read == 0) {
                throw refused("shorter");
            }
            filled += read;
        }
    }

    /** Makes sure that nothing is left. */
    void checkEnd() throws IOException {
        if (stream.read() >= 0) {
            throw refused("longer");
        }
    }

    private StorageException refused(String how) {
        return new StorageException(
                key,
                "Cannot write object '%s': its content is %s than declared, expected %s bytes"
                        .formatted(key, how, size),
                null);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
