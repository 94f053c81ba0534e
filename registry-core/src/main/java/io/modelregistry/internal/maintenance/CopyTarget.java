package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.store.VerifyingStream;
import io.modelregistry.maintenance.CopyRefusedException;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Reads a source and writes a target, object by object, and counts. Not thread-safe. */
final class CopyTarget {
    private static final int ATTEMPTS = 3;
    private static final int BUFFER = 256 << 10;

    private final StorageNode source;
    private final StorageNode target;
    private final MaintenanceProgress progress;
    private long objects;
    private long bytes;

    CopyTarget(StorageNode source, StorageNode target, MaintenanceProgress progress) {
        this.source = source;
        this.target = target;
        this.progress = progress;
    }

    StorageNode source() {
        return source;
    }

    StorageNode node() {
        return target;
    }

    long objects() {
        return objects;
    }

    long bytes() {
        return bytes;
    }

    /** A document of the source that has to be there. */
    byte[] readSource(StorageKey key) throws IOException {
        try {
            return source.readAll(key);
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        }
    }

    /** A document of the target; empty if there is none. */
    Optional<byte[]> read(StorageKey key) throws IOException {
        try {
            return Optional.of(target.readAll(key));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /** Writes a document unless the same one is there. */
    void writeOnce(String model, StorageKey key, byte[] document) throws IOException {
        Optional<byte[]> present = read(key);
        if (present.isEmpty()) {
            present = write(key, document, WriteCondition.ifAbsent());
        }
        if (present.isPresent() && !Arrays.equals(present.get(), document)) {
            throw new CopyRefusedException(model, key.value(), "is another document");
        }
        target.ensureDurable(key); // An earlier copy may have died when it had written it.
    }

    /**
     * Writes a document under a condition; a reply that was lost is found out by reading back.
     *
     * @return what is there instead, if the condition did not hold; empty if the document was written
     */
    Optional<byte[]> write(StorageKey key, byte[] document, WriteCondition condition) throws IOException {
        checkSize(key, document);
        for (int attempt = 1; ; attempt++) {
            try {
                target.write(key, Content.of(document), condition);
                written(key, document.length);
                return Optional.empty();
            } catch (WriteConflictException | WriteOutcomeUnknownException e) {
                Optional<byte[]> now = read(key);
                if (now.isPresent() && Arrays.equals(now.get(), document)) {
                    written(key, document.length);
                    return Optional.empty();
                }
                if (e instanceof WriteConflictException && now.isPresent()) {
                    return now;
                }
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Refuses a document that is too large for the target to write it under a condition. */
    void checkSize(StorageKey key, byte[] document) {
        if (document.length > target.maxConditionalSize()) {
            throw new RegistryException(
                    ErrorCode.INVALID,
                    "Cannot copy '%s': it has %s bytes, expected at most %s, which is what the target replaces at once"
                            .formatted(key, document.length, target.maxConditionalSize()));
        }
    }

    /** Copies a file, checked on its way, unless one of its length is there: what is there was checked before. */
    void file(StorageKey key, long size, Digest digest) throws IOException {
        if (target.find(key).map(StoredObject::size).equals(Optional.of(size))) {
            target.ensureDurable(key);
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                target.write(key, checked(key, size, digest), WriteCondition.unconditional());
                written(key, size);
                return;
            } catch (WriteOutcomeUnknownException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Content checked(StorageKey key, long size, Digest digest) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                try {
                    return new VerifyingStream(source.open(key).stream(), key.value(), size, digest);
                } catch (NoSuchKeyException e) {
                    CorruptionException missing = new CorruptionException(key.value(), "it is missing", e);
                    throw new IOException(missing.getMessage(), missing);
                }
            }
        };
    }

    /** Refuses a target that has another file at a key; reads the file if it is there. */
    void checkFile(String model, StorageKey key, long size, Digest digest) throws IOException {
        Optional<StoredObject> present = target.find(key);
        if (present.isPresent() && (present.get().size() != size || !hash(key).equals(digest))) {
            throw new CopyRefusedException(model, key.value(), "is a file with other content");
        }
    }

    private Digest hash(StorageKey key) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = target.open(key).stream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        return hasher.finish();
    }

    private void written(StorageKey key, long size) {
        objects++;
        bytes += size;
        progress.onObject(key.value(), objects, bytes);
    }
}
