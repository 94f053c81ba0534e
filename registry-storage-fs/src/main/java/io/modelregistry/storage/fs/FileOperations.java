package io.modelregistry.storage.fs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that the node does to a disk.
 *
 * <p>Narrow, so that a simulated disk can stand in: one that forgets whatever was not forced, or that fails at a chosen
 * call. Paths are names only; nothing else in this package touches a file system. Failures are those of
 * {@code java.nio.file}.
 */
interface FileOperations {
    /** What a path names; empty if there is nothing, also because a folder in it is a file. */
    Optional<FileFacts> facts(Path path) throws IOException;

    /**
     * The path with every symbolic link in it resolved.
     *
     * @throws java.nio.file.NoSuchFileException if there is nothing at the path
     */
    Path realPath(Path path) throws IOException;

    /** Whether the file system that holds an existing path takes no writes at all. */
    boolean isReadOnly(Path path) throws IOException;

    /**
     * Streams one generation of a file, also when another takes its name meanwhile. An interrupt does not disturb the
     * stream; skipping costs no reading. A symbolic link is not followed but refused.
     */
    InputStream read(Path file) throws IOException;

    /** Makes a file that must not exist. An interrupt of a thread that writes to it fails the write. */
    NewFile create(Path file) throws IOException;

    /** Makes one folder, whose parent must exist. */
    void createFolder(Path folder) throws IOException;

    /**
     * Gives a file one more name, in one step.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the name is taken
     * @throws UnsupportedOperationException or another {@link java.nio.file.FileSystemException} if there are no hard
     *     links
     */
    void link(Path name, Path existing) throws IOException;

    /** Moves a file to a name in one step, replacing the file that had it. */
    void replace(Path from, Path to) throws IOException;

    /** Removes a file or an empty folder. */
    void delete(Path path) throws IOException;

    /** Adds one byte to a file, which is made if it is absent. */
    void appendByte(Path file) throws IOException;

    /** Shows the names in a folder, in any order, until the visitor has seen enough. */
    void visit(Path folder, Visitor visitor) throws IOException;

    /**
     * Makes the names in a folder durable; nothing where the operating system cannot do that. Not disturbed by
     * interrupts.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such folder, also because one above it is a file
     * @throws ForceFailedException if the folder was opened and then not made durable; nobody knows what the disk holds
     */
    void forceFolder(Path folder) throws IOException;

    /**
     * Runs an action while no other thread of this process and no other process runs one under the same lock file.
     * Waits as long as it takes; an interrupt disturbs neither the waiting nor the action. Not reentrant.
     */
    <T> T underLock(Path lockFile, Action<T> action) throws IOException;

    /** A file that is being filled. */
    interface NewFile extends AutoCloseable {
        /** Writes all remaining bytes at the end. */
        void write(ByteBuffer bytes) throws IOException;

        /** Makes the content durable. */
        void force() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** What {@link #visit} shows names to. */
    @FunctionalInterface
    interface Visitor {
        /** Takes one name and says whether to go on. */
        boolean visit(String name) throws IOException;
    }

    /** What runs {@link #underLock}. */
    @FunctionalInterface
    interface Action<T> {
        /** Runs it. */
        T run() throws IOException;
    }
}
