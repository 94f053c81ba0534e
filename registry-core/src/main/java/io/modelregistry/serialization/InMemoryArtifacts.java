package io.modelregistry.serialization;

import io.modelregistry.model.FileKind;
import io.modelregistry.model.InvalidValueException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files in memory: what one {@link Serializer} wrote, to be read by another, or to be looked at in a test. Not
 * thread-safe.
 *
 * <p>It only refuses an empty path and one that was written before; the rules for paths are the registry's.
 */
public final class InMemoryArtifacts implements ArtifactWriter, ArtifactReader {
    private final Map<String, byte[]> contents = new TreeMap<>();
    private final Map<String, FileKind> kinds = new TreeMap<>();

    /** No files yet. */
    public InMemoryArtifacts() {
        // Nothing but the empty maps: stated because an exported class must not have an implicit constructor.
    }

    @Override
    public void file(String path, FileKind kind, byte[] content) {
        checkNew(path);
        kinds.put(path, kind);
        contents.put(path, content);
    }

    @Override
    public void file(String path, FileKind kind, StreamedContent content) throws IOException {
        checkNew(path);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.writeTo(bytes);
        kinds.put(path, kind);
        contents.put(path, bytes.toByteArray());
    }

    @Override
    public List<String> files() {
        return new ArrayList<>(contents.keySet());
    }

    @Override
    public long size(String path) throws IOException {
        return get(contents, path).length;
    }

    @Override
    public InputStream open(String path) throws IOException {
        return new ByteArrayInputStream(get(contents, path));
    }

    /**
     * The kind that a file was written with.
     *
     * @throws NoSuchFileException when there is no such file
     */
    public FileKind kind(String path) throws IOException {
        return get(kinds, path);
    }

    private void checkNew(String path) {
        if (path.isEmpty()) {
            throw new InvalidValueException("artifact path", path, "it is empty", "a relative path");
        }
        if (contents.containsKey(path)) {
            throw new InvalidValueException("artifact path", path, "it was written before", "each path once");
        }
    }

    private static <V> V get(Map<String, V> files, String path) throws NoSuchFileException {
        V found = files.get(path);
        if (found == null) {
            throw new NoSuchFileException(path, null, "the files are " + files.keySet());
        }
        return found;
    }
}
