package io.modelregistry.serialization;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Gives a {@link Serializer} the files of one version.
 *
 * <p>A registry checks the bytes against the sealed digests before or while they are read, and fails the stream when
 * they differ. Used by one thread, during one call of {@link Serializer#read}.
 */
public interface ArtifactReader {
    /** The paths of the files, ascending. */
    List<String> files();

    /**
     * The size of a file in bytes.
     *
     * @throws java.nio.file.NoSuchFileException when there is no such file
     */
    long size(String path) throws IOException;

    /**
     * A fresh stream of a file; the caller closes it.
     *
     * @throws java.nio.file.NoSuchFileException when there is no such file
     */
    InputStream open(String path) throws IOException;
}
