package io.modelregistry.internal.export;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** The files and folders that an export has made, in order, so that they can be taken back. Not thread-safe. */
final class WrittenFiles {
    private final Deque<Path> made = new ArrayDeque<>();

    /** Makes a folder, and those above it that are missing. */
    void folder(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = folder.toAbsolutePath(); path != null && !Files.isDirectory(path); path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            try {
                Files.createDirectory(path);
                made.push(path);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(path)) {
                    throw new NotDirectoryException(path.toString());
                } // Else somebody else has made it meanwhile, and it is theirs.
            }
        }
    }

    /** Makes an empty file that is not there. */
    void file(Path file) throws IOException {
        Files.createFile(file);
        made.push(file);
    }

    /** Makes a file with a text at once, and leaves it there whatever happens; false if there is one. */
    static boolean fileForGood(Path file, String text) throws IOException {
        Path whole = file.resolveSibling(".export-" + UUID.randomUUID());
        try {
            Files.writeString(whole, text, StandardOpenOption.CREATE_NEW);
            return linked(whole, file);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static boolean linked(Path whole, Path file) throws IOException {
        try {
            Files.createLink(file, whole);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return moved(whole, file); // Not every disk has hard links.
        }
    }

    private static boolean moved(Path whole, Path file) throws IOException {
        try {
            Files.move(whole, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Removes everything again, the last first; what fails is added to the failure. */
    void takeBack(Exception failure) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                if (!(e instanceof DirectoryNotEmptyException)) { // Else somebody else has put something there.
                    failure.addSuppressed(e);
                }
            }
        }
    }
}
