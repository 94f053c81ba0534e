package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageNodeProvider;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens {@code file:///path/to/folder}: a {@link FileSystemStorageNode} in that folder, which need not exist yet. */
public final class FileSystemStorageNodeProvider implements StorageNodeProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public FileSystemStorageNodeProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public StorageNode open(URI uri) {
        try {
            if ("file".equalsIgnoreCase(uri.getScheme())) {
                return FileSystemStorageNode.at(Path.of(uri));
            }
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw refused(uri, "it names no folder of this host", e);
        }
        throw refused(uri, "its scheme is " + uri.getScheme(), null);
    }

    private static IllegalArgumentException refused(URI uri, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "Cannot open storage node '%s': %s, expected file:///path/to/folder".formatted(uri, why), cause);
    }
}
