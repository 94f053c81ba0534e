package io.modelregistry.storage.fs;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes, copies and deletes objects.
 *
 * <p>A write has three parts. (1) The content goes to a temporary file, which is forced; all that may take long or fail
 * is over then, and nobody has seen anything. (2) Under the lock of the key the condition is checked and the file gets
 * its name in one step: <em>that is the write</em>. Every change of a key takes its lock, also an unconditional one and
 * a delete, so that what a condition was checked against is what is replaced. (3) The folder is forced; only then the
 * write is acknowledged.
 *
 * <p>A refusal is reported only when the object that caused it is durable, too: a caller who takes "it exists" as done
 * must not lose it. The same goes for an outcome that is unknown: whoever reads back takes what is there for done.
 */
final class ObjectWriter {
    private static final int ATTEMPTS = 100;

    private final FileOperations operations;
    private final Tree tree;
    private final Folders folders;
    private final Temporaries temporaries;
    private final ObjectReader reader;

    ObjectWriter(FileOperations operations, Tree tree, Folders folders, Temporaries temporaries, ObjectReader reader) {
        this.operations = operations;
        this.tree = tree;
        this.folders = folders;
        this.temporaries = temporaries;
        this.reader = reader;
    }

    StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        Path file = tree.existingRoot().resolve(key.value());
        refuseEarly(key, file, condition);
        Temporaries.Temporary temporary = temporaries.fill(key, content);
        return publish(key, file, temporary, condition);
    }

    /** A refusal is certain before anything is written: that spares the content's way to the disk. */
    private void refuseEarly(StorageKey key, Path file, WriteCondition condition) throws IOException {
        if (condition instanceof WriteCondition.Unconditional) {
            return;
        }
        try {
            checkCondition(key, condition);
        } catch (WriteConflictException e) {
            force(key, Tree.folderOf(file));
            throw e;
        }
    }

    private void checkCondition(StorageKey key, WriteCondition condition) throws IOException {
        Optional<StoredObject> present =
                condition instanceof WriteCondition.Unconditional ? Optional.empty() : reader.find(key);
        if (condition instanceof WriteCondition.IfAbsent && present.isPresent()) {
            throw exists(key, null);
        }
        if (condition instanceof WriteCondition.IfMatches matches
                && !present.map(StoredObject::etag).equals(Optional.of(matches.etag()))) {
            String found = present.map(object -> "it has etag " + object.etag()).orElse("there is none");
            throw new WriteConflictException(
                    key,
                    "Cannot replace object '%s': %s, expected etag %s".formatted(key, found, matches.etag()),
                    null);
        }
    }

    private static WriteConflictException exists(StorageKey key, @Nullable IOException cause) {
        return new WriteConflictException(
                key, "Cannot create object '%s': it exists, expected no object at the key".formatted(key), cause);
    }

    /** Gives a temporary file its name, or discards it. */
    private StoredObject publish(StorageKey key, Path file, Temporaries.Temporary temporary, WriteCondition condition)
            throws IOException {
        try {
            for (int attempt = 1; !tryToPlace(key, file, temporary, condition); attempt++) {
                if (attempt == ATTEMPTS) {
                    throw new StorageException(
                            key,
                            "Cannot write object '%s': its folder was removed %s times, expected it to stay"
                                    .formatted(key, ATTEMPTS),
                            null);
                }
            }
        } catch (WriteConflictException | WriteOutcomeUnknownException e) {
            force(key, Tree.folderOf(file));
            throw e;
        } finally {
            temporaries.discard(temporary.path());
        }
        force(key, Tree.folderOf(file));
        return new StoredObject(
                key,
                temporary.facts().size(),
                temporary.etag(),
                temporary.facts().lastModified());
    }

    private boolean tryToPlace(StorageKey key, Path file, Temporaries.Temporary temporary, WriteCondition condition)
            throws IOException {
        try {
            folders.ensure(key, Tree.folderOf(file));
            boolean placed = operations.underLock(tree.lock(file), () -> place(key, file, temporary.path(), condition));
            if (!placed) {
                clearFolder(key, file);
            }
            return placed;
        } catch (NoSuchFileException e) {
            if (!temporaries.isThere(temporary.path())) {
                throw e;
            }
            return false; // A delete removed the empty folder; make it again.
        }
    }

    /** Under the lock of the key. False if a folder has the name. */
    private boolean place(StorageKey key, Path file, Path temporary, WriteCondition condition) throws IOException {
        checkCondition(key, condition);
        if (operations.facts(file).map(FileFacts::isFolder).orElse(false)) {
            return false;
        }
        if (condition instanceof WriteCondition.IfAbsent) {
            create(key, file, temporary);
        } else {
            replace(key, temporary, file);
        }
        return true;
    }

    /**
     * A network's file system may report an error for a move that took place: the error is one only if the temporary
     * file has its name still.
     */
    private void replace(StorageKey key, Path temporary, Path file) throws IOException {
        try {
            operations.replace(temporary, file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            if (mayBe(e, () -> !temporaries.isThere(temporary))) {
                throw unknown(key, e);
            }
            throw e;
        }
    }

    /** Asked after a failure, when it is better to suspect than to fail in another way. */
    private static boolean mayBe(Exception failure, FileOperations.Action<Boolean> question) {
        try {
            return question.run();
        } catch (IOException e) {
            failure.addSuppressed(e);
            return true;
        }
    }

    private static WriteOutcomeUnknownException unknown(StorageKey key, Exception cause) {
        String reason = cause instanceof IOException failure ? Failures.reason(failure) : String.valueOf(cause);
        return new WriteOutcomeUnknownException(
                key,
                "Cannot tell whether object '%s' was written: %s, expected no error from the disk"
                        .formatted(key, reason),
                cause);
    }

    /**
     * A link fails when the name is taken, on every file system and even where locks do not work; a move is for those
     * without links.
     */
    private void create(StorageKey key, Path file, Path temporary) throws IOException {
        try {
            operations.link(file, temporary);
        } catch (FileAlreadyExistsException e) {
            throw exists(key, e);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (mayBe(e, () -> operations.facts(file).isPresent())) {
                throw unknown(key, e);
            }
            replace(key, temporary, file);
        }
    }

    /** Removes a folder that holds nothing and has the name of an object that is to be written. */
    private void clearFolder(StorageKey key, Path folder) throws IOException {
        folders.removeHollow(folder);
        Optional<Path> inside = firstFile(folder);
        if (inside.isPresent()) {
            throw new StorageException(
                    key,
                    "Cannot write object '%s': it is the folder of '%s', expected a free key"
                            .formatted(key, tree.name(inside.get())),
                    null);
        }
    }

    private Optional<Path> firstFile(Path path) throws IOException {
        Optional<FileFacts> facts = operations.facts(path);
        if (facts.isEmpty() || !facts.get().isFolder()) {
            return facts.map(f -> path);
        }
        Path[] found = new Path[1];
        operations.visit(path, name -> {
            firstFile(path.resolve(name)).ifPresent(file -> found[0] = file);
            return found[0] == null;
        });
        return Optional.ofNullable(found[0]);
    }

    void delete(StorageKey key) throws IOException {
        Optional<Path> file = reader.path(key);
        if (file.isEmpty()) {
            return;
        }
        Path folder = Tree.folderOf(file.get());
        operations.underLock(tree.lock(file.get()), () -> {
            if (operations.facts(file.get()).map(FileFacts::isFile).orElse(false)) {
                operations.delete(file.get());
            }
            return true;
        });
        force(key, folder);
        folders.removeEmpty(folder);
    }

    /** Copies by giving the generation a second name; by its bytes where that is not possible. */
    StoredObject copy(StorageKey from, Path source, StorageKey to) throws IOException {
        Path file = tree.existingRoot().resolve(to.value());
        Path temporary = temporaries.freshName();
        try {
            operations.link(temporary, source);
        } catch (NoSuchFileException e) {
            throw ObjectReader.missing("copy object '" + from + "'", from);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return copyBytes(from, to);
        }
        try {
            FileFacts facts = temporaries.facts(temporary);
            if (!facts.isFile()) {
                throw tree.symbolicLink("copy object '" + from + "'", from, source);
            }
            String etag = reader.etag(temporary, facts);
            return publish(to, file, new Temporaries.Temporary(temporary, facts, etag), WriteCondition.unconditional());
        } finally {
            temporaries.discard(temporary);
        }
    }

    private StoredObject copyBytes(StorageKey from, StorageKey to) throws IOException {
        try (OpenObject source = reader.open(from, ByteRange.ALL, null).orElseThrow()) {
            Content content = new Content() {
                @Override
                public long size() {
                    return source.object().size();
                }

                @Override
                public InputStream open() {
                    return source.stream();
                }
            };
            return write(to, content, WriteCondition.unconditional());
        } catch (Unread.ContentException e) {
            throw e.failure(); // It is the disk's: the content is an object of this node.
        }
    }

    private void force(StorageKey key, Path folder) throws IOException {
        try {
            folders.force(folder);
        } catch (IOException e) {
            throw new WriteOutcomeUnknownException(
                    key,
                    "Cannot make the change of object '%s' durable: %s, expected the folder to be forced"
                            .formatted(key, Failures.reason(e)),
                    e);
        }
    }
}
