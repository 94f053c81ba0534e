package io.modelregistry.serialization;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The files of one version, as {@link FrameworkDetector} looks at them: paths, sizes, and bytes from any offset.
 *
 * <p>Implement it over whatever holds the files; where there is no random access, {@link #open} may skip.
 */
public interface ModelFiles {
    /** The relative paths, with {@code /} between their parts; the order does not matter. */
    List<String> paths() throws IOException;

    /** The size of a file in bytes. */
    long size(String path) throws IOException;

    /** A fresh stream of a file from an offset in bytes, empty when that is its end; the caller closes it. */
    InputStream open(String path, long offset) throws IOException;

    /**
     * A file of the host, by its own name, or all regular files below a folder. Symbolic links below the folder are
     * left out, so that they cannot lead out of it; the given path itself may be one. The files are listed now and read
     * when they are asked for.
     *
     * @throws IOException when there is nothing at the path, or there are more than 100,000 files
     */
    static ModelFiles of(Path fileOrFolder) throws IOException {
        return HostFiles.of(fileOrFolder);
    }

    /** One file in memory. */
    static ModelFiles of(String path, byte[] content) {
        return of(Map.of(path, content));
    }

    /** Files in memory, by their paths; the arrays must not be changed while they are used. */
    static ModelFiles of(Map<String, byte[]> contents) {
        Map<String, byte[]> kept = Map.copyOf(contents);
        return new ModelFiles() {
            @Override
            public List<String> paths() {
                return List.copyOf(kept.keySet());
            }

            @Override
            public long size(String path) throws IOException {
                return get(path).length;
            }

            @Override
            public InputStream open(String path, long offset) throws IOException {
                byte[] content = get(path);
                int start = (int) Math.min(offset, content.length);
                return new ByteArrayInputStream(content, start, content.length - start);
            }

            private byte[] get(String path) throws IOException {
                byte[] content = kept.get(path);
                if (content == null) {
                    throw new NoSuchFileException(path);
                }
                return content;
            }
        };
    }
}
