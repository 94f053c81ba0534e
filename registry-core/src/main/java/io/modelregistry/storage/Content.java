package io.modelregistry.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes to be written: they have a size, and can be opened again when a write has to be repeated. */
public interface Content {
    /**
     * The number of bytes that {@link #open} streams. A node refuses content that turns out to be shorter or longer.
     */
    long size();

    /** A fresh stream from the first byte; the caller closes it. */
    InputStream open() throws IOException;

    /** The given array, which must not be changed afterwards. */
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** A file of the host, with the size it has now; it must not be changed while it is read. */
    static Content of(Path file) throws IOException {
        long size = Files.size(file);
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
