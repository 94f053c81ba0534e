package io.modelregistry.storage.fs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what it would have lost if its power were cut: the content of a file is certain once the
 * file was forced, a name once the folder that holds it was. Nothing else is, and in no order: a rename is two changes
 * of names that may survive one without the other, a forced file without a forced name is gone. Real disks promise more
 * than that, each another thing.
 *
 * <p>Thread-safe. Locks end with the process, thus with the object.
 */
final class SimulatedDisk implements FileOperations {
    private final DiskFolder top;
    private final Clock clock;
    private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();
    private long last;
    private Watcher watcher = label -> {};

    private SimulatedDisk(DiskFolder top, Clock clock, long last) {
        this.top = top;
        this.clock = clock;
        this.last = last;
    }

    /** A disk with one folder at its top, which is certain. */
    static SimulatedDisk empty(Clock clock) {
        SimulatedDisk disk = new SimulatedDisk(new DiskFolder(0), clock, 1);
        disk.top.change(new DiskFolder.NameChange(1, "simulated", new DiskFolder(1)));
        disk.top.force();
        return disk;
    }

    /** Hears of each change before it is made: that is where the power may be cut. */
    @FunctionalInterface
    interface Watcher {
        void beforeChange(String change);
    }

    void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    /** The disk as it is in this moment, apart from this one: what is not forced here is not forced there. */
    synchronized SimulatedDisk copy() {
        return new SimulatedDisk((DiskFolder) copy(top, new IdentityHashMap<>()), clock, last);
    }

    private static DiskEntry copy(DiskEntry entry, Map<DiskEntry, DiskEntry> copies) {
        DiskEntry known = copies.get(entry);
        if (known != null) {
            return known;
        }
        if (entry instanceof DiskFile file) {
            DiskFile copy = file.copy();
            copies.put(entry, copy);
            return copy;
        }
        DiskFolder folder = (DiskFolder) entry;
        DiskFolder copy = new DiskFolder(folder.number());
        copies.put(entry, copy);
        folder.names.forEach((name, below) -> copy.names.put(name, copy(below, copies)));
        folder.forced.forEach((name, below) -> copy.forced.put(name, copy(below, copies)));
        folder.unforced.forEach(change -> copy.unforced.add(new DiskFolder.NameChange(
                change.order(), change.name(), change.entry() == null ? null : copy(change.entry(), copies))));
        return copy;
    }

    /** What the next boot finds when the power is cut now. */
    synchronized SimulatedDisk afterPowerCut(PowerCut cut) {
        return new SimulatedDisk(cut.survivors(top, last), clock, last);
    }

    private void announce(String change, Path... paths) {
        StringBuilder label = new StringBuilder(change);
        for (Path path : paths) {
            String text = path.toString();
            label.append(' ').append(text.contains("/.tmp/") ? "TMP" : text);
        }
        watcher.beforeChange(label.toString());
    }

    private Optional<DiskEntry> entry(Path path) {
        @Nullable DiskEntry entry = top;
        for (Path name : path) {
            if (!(entry instanceof DiskFolder folder)) {
                return Optional.empty();
            }
            entry = folder.names.get(name.toString());
        }
        return Optional.ofNullable(entry);
    }

    private DiskFolder folder(Path path) throws IOException {
        DiskEntry entry = entry(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
        if (entry instanceof DiskFolder folder) {
            return folder;
        }
        throw new NotDirectoryException(path.toString());
    }

    private DiskFolder above(Path path) throws IOException {
        Path above = path.getParent();
        if (above == null || !(entry(above).orElse(null) instanceof DiskFolder)) {
            throw new NoSuchFileException(path.toString());
        }
        return folder(above);
    }

    private DiskFile file(Path path) throws IOException {
        if (entry(path).orElse(null) instanceof DiskFile file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    private void name(Path path, @Nullable DiskEntry entry) throws IOException {
        above(path).change(new DiskFolder.NameChange(++last, path.getFileName().toString(), entry));
    }

    @Override
    public synchronized Optional<FileFacts> facts(Path path) {
        return entry(path).map(entry -> {
            if (entry instanceof DiskFile file) {
                return file.facts();
            }
            long number = entry.number();
            return new FileFacts(FileFacts.Kind.FOLDER, 0, clock.instant(), Long.toString(number));
        });
    }

    @Override
    public synchronized Path realPath(Path path) throws IOException {
        if (entry(path).isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        return path;
    }

    @Override
    public boolean isReadOnly(Path path) {
        return false;
    }

    @Override
    public synchronized InputStream read(Path file) throws IOException {
        return new ByteArrayInputStream(file(file).content());
    }

    @Override
    public synchronized NewFile create(Path path) throws IOException {
        announce("create", path);
        if (entry(path).isPresent()) {
            throw new FileAlreadyExistsException(path.toString());
        }
        DiskFile file = new DiskFile(++last, clock.instant(), new byte[0], new byte[0]);
        name(path, file);
        return new OpenFile(file, path);
    }

    /** Opens a file that may exist, and empties it: what the node must not do with a name that somebody else had. */
    synchronized NewFile overwrite(Path path) throws IOException {
        if (entry(path).isEmpty()) {
            return create(path);
        }
        announce("truncate", path);
        DiskFile file = file(path);
        file.truncate(clock.instant());
        return new OpenFile(file, path);
    }

    /** Makes the content of a file certain. */
    synchronized void forceFile(Path path) throws IOException {
        announce("force", path);
        file(path).force();
    }

    @Override
    public synchronized void createFolder(Path path) throws IOException {
        announce("mkdir", path);
        if (entry(path).isPresent()) {
            throw new FileAlreadyExistsException(path.toString());
        }
        name(path, new DiskFolder(++last));
    }

    @Override
    public synchronized void link(Path name, Path existing) throws IOException {
        announce("link", name, existing);
        DiskFile file = file(existing);
        if (entry(name).isPresent()) {
            throw new FileAlreadyExistsException(name.toString());
        }
        name(name, file);
    }

    @Override
    public synchronized void replace(Path from, Path to) throws IOException {
        announce("replace", from, to);
        DiskFile file = file(from);
        if (entry(to).orElse(null) instanceof DiskFolder) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        name(to, file);
        name(from, null);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        announce("delete", path);
        DiskEntry entry = entry(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
        if (entry instanceof DiskFolder folder && !folder.names.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        name(path, null);
    }

    @Override
    public synchronized void appendByte(Path path) throws IOException {
        announce("append", path);
        if (entry(path).isEmpty()) {
            name(path, new DiskFile(++last, clock.instant(), new byte[0], new byte[0]));
        }
        file(path).append(ByteBuffer.wrap(new byte[1]), clock.instant());
    }

    @Override
    public void visit(Path folder, Visitor visitor) throws IOException {
        List<String> names;
        synchronized (this) {
            names = List.copyOf(folder(folder).names.keySet());
        }
        for (String name : names) {
            if (!visitor.visit(name)) {
                return;
            }
        }
    }

    @Override
    public synchronized void forceFolder(Path path) throws IOException {
        announce("forceFolder", path);
        if (entry(path).orElse(null) instanceof DiskFolder folder) {
            folder.force();
        } else {
            throw new NoSuchFileException(path.toString());
        }
    }

    @Override
    public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
        synchronized (this) {
            if (entry(lockFile).isEmpty()) {
                announce("lock", lockFile);
                name(lockFile, new DiskFile(++last, clock.instant(), new byte[0], new byte[0]));
            }
        }
        ReentrantLock lock = Objects.requireNonNull(locks.computeIfAbsent(lockFile, path -> new ReentrantLock()));
        lock.lock();
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }

    private final class OpenFile implements NewFile {
        private final DiskFile file;
        private final Path path;

        OpenFile(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(ByteBuffer bytes) {
            synchronized (SimulatedDisk.this) {
                announce("write", path);
                file.append(bytes, clock.instant());
            }
        }

        @Override
        public void force() {
            synchronized (SimulatedDisk.this) {
                announce("force", path);
                file.force();
            }
        }

        @Override
        public void close() {
            // What was written stays as certain as it was.
        }
    }
}
