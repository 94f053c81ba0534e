package io.modelregistry.storage.fs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Keeps what was done to the disk, one line each, with paths relative to the root and temporary names as {@code TMP}.
 */
final class RecordingOperations extends ForwardingOperations {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Path root;

    RecordingOperations(Path root) {
        this.root = root;
    }

    FileSystemStorageNode node() {
        return nodeAt(root);
    }

    private void record(String call, Path... paths) {
        StringBuilder line = new StringBuilder(call);
        for (Path path : paths) {
            String name = path.equals(root)
                    ? "."
                    : path.startsWith(root) ? root.relativize(path).toString() : "..";
            line.append(' ').append(name.startsWith(".tmp/") ? "TMP" : name);
        }
        calls.add(line.toString());
    }

    @Override
    public InputStream read(Path file) throws IOException {
        record("read", file);
        return super.read(file);
    }

    @Override
    public NewFile create(Path file) throws IOException {
        record("create", file);
        NewFile created = super.create(file);
        return new NewFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                created.write(bytes);
            }

            @Override
            public void force() throws IOException {
                record("force", file);
                created.force();
            }

            @Override
            public void close() throws IOException {
                created.close();
            }
        };
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        record("mkdir", folder);
        super.createFolder(folder);
    }

    @Override
    public void link(Path name, Path existing) throws IOException {
        record("link", name, existing);
        super.link(name, existing);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        record("replace", from, to);
        super.replace(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        record("delete", path);
        super.delete(path);
    }

    @Override
    public void visit(Path folder, Visitor visitor) throws IOException {
        record("visit", folder);
        super.visit(folder, visitor);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        record("forceFolder", folder);
        super.forceFolder(folder);
    }

    @Override
    public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
        record("lock");
        T result = super.underLock(lockFile, action);
        record("unlock");
        return result;
    }
}
