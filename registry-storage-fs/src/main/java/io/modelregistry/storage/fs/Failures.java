package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageReadOnlyException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Turns errors of the file system into those of the storage SPI, without paths of the host. */
final class Failures {
    private final FileOperations operations;

    Failures(FileOperations operations) {
        this.operations = operations;
    }

    /** A failed read or listing. */
    StorageException reading(String action, @Nullable StorageKey key, IOException failure) {
        if (failure instanceof StorageException named) {
            return named;
        }
        if (failure instanceof AccessDeniedException) {
            return new StorageDeniedException(
                    key,
                    "Cannot %s: access is denied, expected a folder that this process may read".formatted(action),
                    failure);
        }
        return new StorageException(
                key, "Cannot %s: %s, expected a readable folder".formatted(action, reason(failure)), failure);
    }

    /** A failed write or delete below a folder that may be read-only. */
    StorageException writing(String action, StorageKey key, Path root, IOException failure) {
        if (failure instanceof StorageException named) {
            return named;
        }
        if (failure instanceof ClosedByInterruptException) {
            return new StorageException(
                    key,
                    "Cannot %s: the thread was interrupted, expected to finish the write".formatted(action),
                    failure);
        }
        if (failure instanceof AccessDeniedException || isOnReadOnlyDisk(root, failure)) {
            return new StorageReadOnlyException(
                    key,
                    "Cannot %s: the folder is read-only, expected one that takes writes".formatted(action),
                    failure);
        }
        return new StorageException(
                key, "Cannot %s: %s, expected a writable folder".formatted(action, reason(failure)), failure);
    }

    private boolean isOnReadOnlyDisk(Path root, IOException failure) {
        try {
            for (Path folder = root; folder != null; folder = folder.getParent()) {
                if (operations.facts(folder).isPresent()) {
                    return operations.isReadOnly(folder);
                }
            }
            return false;
        } catch (IOException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    /** What went wrong, less the path, which may say more about the host than a message should. */
    static String reason(IOException failure) {
        String said = failure instanceof FileSystemException inFile ? inFile.getReason() : failure.getMessage();
        return said == null ? failure.getClass().getSimpleName() : said;
    }
}
