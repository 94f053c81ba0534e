package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.fs.FolderStores.FolderStore;
import io.modelregistry.storm.Disturbance;
import io.modelregistry.storm.StormStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets one call of the disk go wrong; counts calls, open streams and open files. */
final class DiskStrike implements Disturbance.Strike {
    private final DiskFault fault;
    private final int failing;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final List<StorageNode> nodes = new ArrayList<>();
    private volatile boolean struck;

    DiskStrike(DiskFault fault, int failing) {
        this.fault = fault;
        this.failing = failing;
    }

    @Override
    public StorageNode open(StormStore store) {
        StorageNode node = new Disturbed().nodeAt(((FolderStore) store).root());
        nodes.add(node);
        return node;
    }

    @Override
    public int calls() {
        return calls.get();
    }

    @Override
    public boolean hasStruck() {
        return struck;
    }

    @Override
    public int openStreams() {
        return open.get();
    }

    @Override
    public void close() {
        nodes.forEach(StorageNode::close);
    }

    private boolean isHit() {
        int call = calls.incrementAndGet();
        return failing > 0 && (call == failing || (call > failing && fault == DiskFault.GONE));
    }

    private FileSystemException failure(Object path, String why) {
        struck = true;
        return new FileSystemException(String.valueOf(path), null, why);
    }

    private boolean isInputOutput() {
        return fault == DiskFault.IO_ERROR || fault == DiskFault.GONE;
    }

    /** A call of the disk. */
    private interface Call<T> {
        T make() throws IOException;
    }

    private <T> T reading(Path path, Call<T> call) throws IOException {
        if (isHit() && isInputOutput()) {
            throw failure(path, "Input/output error");
        }
        return call.make();
    }

    private <T> T changing(Path path, Call<T> call) throws IOException {
        boolean hit = isHit();
        if (hit && isInputOutput()) {
            throw failure(path, "Input/output error");
        }
        if (hit && fault == DiskFault.NO_SPACE) {
            throw failure(path, "No space left on device");
        }
        T result = call.make();
        if (hit && fault == DiskFault.IO_ERROR_AFTER) {
            throw failure(path, "Input/output error");
        }
        return result;
    }

    private final class Disturbed extends ForwardingOperations {
        @Override
        public Optional<FileFacts> facts(Path path) throws IOException {
            return reading(path, () -> super.facts(path));
        }

        @Override
        public Path realPath(Path path) throws IOException {
            return reading(path, () -> super.realPath(path));
        }

        @Override
        public InputStream read(Path file) throws IOException {
            boolean hit = isHit();
            if (hit && isInputOutput()) {
                throw failure(file, "Input/output error");
            }
            InputStream stream = super.read(file);
            open.incrementAndGet();
            return new Read(stream, file, hit && fault == DiskFault.SHORT_READ);
        }

        @Override
        public NewFile create(Path file) throws IOException {
            if (isHit() && (isInputOutput() || fault == DiskFault.NO_SPACE)) {
                throw failure(file, fault == DiskFault.NO_SPACE ? "No space left on device" : "Input/output error");
            }
            NewFile created = super.create(file);
            open.incrementAndGet();
            return new Written(created, file);
        }

        @Override
        public void createFolder(Path folder) throws IOException {
            changing(folder, () -> {
                super.createFolder(folder);
                return folder;
            });
        }

        @Override
        public void link(Path name, Path existing) throws IOException {
            changing(name, () -> {
                super.link(name, existing);
                return name;
            });
        }

        @Override
        public void replace(Path from, Path to) throws IOException {
            changing(to, () -> {
                super.replace(from, to);
                return to;
            });
        }

        @Override
        public void delete(Path path) throws IOException {
            changing(path, () -> {
                super.delete(path);
                return path;
            });
        }

        @Override
        public void appendByte(Path file) throws IOException {
            changing(file, () -> {
                super.appendByte(file);
                return file;
            });
        }

        @Override
        public void visit(Path folder, Visitor visitor) throws IOException {
            reading(folder, () -> {
                super.visit(folder, visitor);
                return folder;
            });
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            if (isHit() && (isInputOutput() || fault == DiskFault.FORCE_FAILED)) {
                throw new ForceFailedException(failure(folder, "Input/output error"));
            }
            super.forceFolder(folder);
        }

        @Override
        public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
            if (isHit() && (isInputOutput() || fault == DiskFault.NO_SPACE)) {
                throw failure(lockFile, "No locks available");
            }
            return super.underLock(lockFile, action);
        }
    }

    private final class Written implements FileOperations.NewFile {
        private final FileOperations.NewFile file;
        private final Path path;
        private boolean closed;

        Written(FileOperations.NewFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            boolean hit = isHit();
            if (hit && isInputOutput()) {
                throw failure(path, "Input/output error");
            }
            if (hit && (fault == DiskFault.SHORT_WRITE || fault == DiskFault.NO_SPACE)) {
                bytes.limit(bytes.position() + bytes.remaining() / 2);
                file.write(bytes);
                throw failure(path, "No space left on device");
            }
            file.write(bytes);
        }

        @Override
        public void force() throws IOException {
            if (isHit() && (isInputOutput() || fault == DiskFault.FORCE_FAILED)) {
                throw failure(path, "Input/output error");
            }
            file.force();
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
            file.close();
        }
    }

    private final class Read extends FilterInputStream {
        private final Path path;
        private final boolean isShort;
        private boolean begun;
        private boolean closed;

        Read(InputStream stream, Path path, boolean isShort) {
            super(stream);
            this.path = path;
            this.isShort = isShort;
        }

        private void checkRead() throws IOException {
            if (isShort && begun) {
                throw failure(path, "Input/output error");
            }
            begun = true;
        }

        @Override
        public int read() throws IOException {
            checkRead();
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            checkRead();
            return super.read(bytes, offset, Math.min(length, isShort ? 7 : length));
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
            super.close();
        }
    }
}
