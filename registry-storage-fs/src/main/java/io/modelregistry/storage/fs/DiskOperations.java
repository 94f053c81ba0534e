package io.modelregistry.storage.fs;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The real disk, through {@code java.nio.file}. */
final class DiskOperations implements FileOperations {
    private static final long OVERLAP_PAUSE = Duration.ofMillis(1).toNanos();

    @Override
    public Optional<FileFacts> facts(Path path) throws IOException {
        try {
            return Optional.of(
                    factsOf(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            if (isBelowFile(path)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static FileFacts factsOf(BasicFileAttributes attributes) {
        FileFacts.Kind kind = FileFacts.Kind.OTHER;
        if (attributes.isRegularFile()) {
            kind = FileFacts.Kind.FILE;
        } else if (attributes.isDirectory()) {
            kind = FileFacts.Kind.FOLDER;
        } else if (attributes.isSymbolicLink()) {
            kind = FileFacts.Kind.SYMBOLIC_LINK;
        }
        Object fileKey = attributes.fileKey();
        return new FileFacts(
                kind,
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                fileKey == null ? "" : fileKey.toString());
    }

    /** The error for a file used as a folder has no type of its own, and its text is in the language of the system. */
    private static boolean isBelowFile(Path path) {
        for (Path folder = path.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder)) {
                return !Files.isDirectory(folder);
            }
        }
        return false;
    }

    @Override
    public Path realPath(Path path) throws IOException {
        return path.toRealPath();
    }

    @Override
    public boolean isReadOnly(Path path) throws IOException {
        return Files.getFileStore(path).isReadOnly();
    }

    @Override
    public InputStream read(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public NewFile create(Path file) throws IOException {
        return new ChannelFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
    }

    @Override
    public void link(Path name, Path existing) throws IOException {
        Files.createLink(name, existing);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void appendByte(Path file) throws IOException {
        Files.write(file, new byte[1], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void visit(Path folder, Visitor visitor) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!visitor.visit(entry.getFileName().toString())) {
                    return;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            return; // Windows has no such call, and opening a folder fails there.
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    force(channel);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                } catch (FileSystemException e) {
                    throw isBelowFile(folder) ? new NoSuchFileException(folder.toString()) : e;
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    private static void force(FileChannel channel) throws IOException {
        try {
            channel.force(true);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new ForceFailedException(e);
        }
    }

    /**
     * Takes the lock in two steps: a monitor for the threads of this process, then the lock of the operating system.
     *
     * <p>POSIX drops all locks of a process on a file as soon as the process closes <em>any</em> descriptor of it. So
     * there must never be two channels of one lock file in a process, not even in two nodes or two class loaders. The
     * one thing that all of them share without a mutable static is an interned string, so its monitor guards the file
     * from before it is opened until it is closed. It also makes an interrupt harmless, which closes the channel that
     * waits for a lock: no other channel of that file is open, no lock is lost, and the thread opens it again.
     */
    @Override
    public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
        synchronized (monitorName(lockFile).intern()) {
            boolean interrupted = Thread.interrupted();
            try {
                while (true) {
                    try (FileChannel channel =
                                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                            FileLock lock = lock(channel)) {
                        return runHolding(lock, action);
                    } catch (FileLockInterruptionException e) {
                        interrupted |= Thread.interrupted();
                    }
                }
            } finally {
                restore(interrupted);
            }
        }
    }

    private static <T> T runHolding(FileLock lock, Action<T> action) throws IOException {
        if (!lock.isValid()) {
            throw new IOException("The file lock was lost before it was used");
        }
        return action.run();
    }

    private String monitorName(Path lockFile) throws IOException {
        Path folder = Tree.folderOf(lockFile);
        String identity = facts(folder)
                .orElseThrow(() -> new NoSuchFileException(folder.toString()))
                .identity();
        String named = identity.isEmpty() ? folder.toRealPath().toString() : identity;
        return getClass().getName() + ':' + named + ':' + lockFile.getFileName();
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // Somebody else in this process locked the file without our monitor. Closing our channel now would drop
                // that lock.
                LockSupport.parkNanos(OVERLAP_PAUSE);
            } catch (ClosedChannelException | FileLockInterruptionException e) {
                throw e;
            } catch (IOException e) {
                return poll(channel, e);
            }
        }
    }

    /**
     * Takes a lock without waiting in the system. POSIX looks for deadlocks between processes, not threads: where one
     * thread of each of two processes holds what another thread of the other waits for, it refuses to wait ("Resource
     * deadlock avoided"), though nobody waits for himself and every holder goes on.
     */
    private static FileLock poll(FileChannel channel, IOException refused) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    FileLock lock = channel.tryLock();
                    if (lock != null) {
                        return lock;
                    }
                } catch (OverlappingFileLockException e) {
                    interrupted |= Thread.interrupted();
                } catch (IOException e) {
                    e.addSuppressed(refused);
                    throw e;
                }
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(OVERLAP_PAUSE);
            }
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class ChannelFile implements NewFile {
        private final FileChannel channel;

        ChannelFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
