package io.modelregistry.serialization;

import io.modelregistry.model.FileKind;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes the files that a {@link Serializer} writes.
 *
 * <p>Paths are relative, with {@code /} between their parts, and each is written once. Used by one thread, during one
 * call of {@link Serializer#write}.
 */
public interface ArtifactWriter {
    /**
     * Adds a file with the given bytes, which must not be changed afterwards.
     *
     * @throws IOException when the bytes cannot be kept
     * @throws io.modelregistry.model.InvalidValueException when the path breaks the rules or was written before
     */
    void file(String path, FileKind kind, byte[] content) throws IOException;

    /**
     * Adds a file whose bytes are produced as a stream: for models that should not be held in memory twice. The content
     * is asked once, before this call returns; when it throws, the file is not added.
     *
     * @throws IOException when the content throws it, or the bytes cannot be kept
     * @throws io.modelregistry.model.InvalidValueException when the path breaks the rules or was written before
     */
    void file(String path, FileKind kind, StreamedContent content) throws IOException;

    /** Bytes that are produced on demand. */
    @FunctionalInterface
    interface StreamedContent {
        /** Writes all bytes; need not close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }
}
