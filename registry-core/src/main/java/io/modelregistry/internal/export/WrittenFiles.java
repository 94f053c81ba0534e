package io.modelregistry.internal.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

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
            Files.createDirectory(path);
            made.push(path);
        }
    }

    /** Says that a file is about to be written that is not there. */
    void file(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new java.nio.file.FileAlreadyExistsException(file.toString());
        }
        made.push(file);
    }

    /** Removes everything again, the last first; what fails is added to the failure. */
    void takeBack(Exception failure) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
