package io.modelregistry.storage.fs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** A disk, the real one if no other is given; tests override what shall fail or be watched. */
class ForwardingOperations implements FileOperations {
    private final FileOperations disk;

    ForwardingOperations() {
        this(new DiskOperations());
    }

    ForwardingOperations(FileOperations disk) {
        this.disk = disk;
    }

    /** A node over these operations. */
    FileSystemStorageNode nodeAt(Path root) {
        return new FileSystemStorageNode(root, this, Clock.systemUTC());
    }

    @Override
    public Optional<FileFacts> facts(Path path) throws IOException {
        return disk.facts(path);
    }

    @Override
    public Path realPath(Path path) throws IOException {
        return disk.realPath(path);
    }

    @Override
    public boolean isReadOnly(Path path) throws IOException {
        return disk.isReadOnly(path);
    }

    @Override
    public InputStream read(Path file) throws IOException {
        return disk.read(file);
    }

    @Override
    public NewFile create(Path file) throws IOException {
        return disk.create(file);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        disk.createFolder(folder);
    }

    @Override
    public void link(Path name, Path existing) throws IOException {
        disk.link(name, existing);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        disk.replace(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void appendByte(Path file) throws IOException {
        disk.appendByte(file);
    }

    @Override
    public void visit(Path folder, Visitor visitor) throws IOException {
        disk.visit(folder, visitor);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        disk.forceFolder(folder);
    }

    @Override
    public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
        return disk.underLock(lockFile, action);
    }
}
