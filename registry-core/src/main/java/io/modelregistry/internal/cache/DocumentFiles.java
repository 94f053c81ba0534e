package io.modelregistry.internal.cache;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents of stores, each in a file of its own with a digest of all that the file says. They only spare reads: what
 * cannot be kept is logged, and what is damaged is dropped. Thread-safe.
 */
final class DocumentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentFiles.class);
    private static final int DIGEST_BYTES = 32;

    /** Documents are held in memory. Larger ones are only read. */
    static final int MOST_BYTES = 16 << 20;

    /** A cache without room is not walked for each document. */
    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final CacheFolder cache;
    private final Session session;
    private final Quota quota;
    private final LongSupplier nanoTime;
    private volatile boolean failed;
    private volatile long failedAt;

    DocumentFiles(CacheFolder cache, Session session, Quota quota, LongSupplier nanoTime) {
        this.cache = cache;
        this.session = session;
        this.quota = quota;
        this.nanoTime = nanoTime;
    }

    /**
     * A document as it was read once.
     *
     * @param object its generation in the store
     * @param bytes its content, not to be changed
     */
    record Document(StoredObject object, byte[] bytes) {}

    private Path file(String registry, StorageKey key) {
        String name = Digest.sha256(CacheFolder.text(key.value())).hex();
        return cache.documents().resolve(registry).resolve(name.substring(0, 2)).resolve(name);
    }

    /** A document that was kept, if it is sound. */
    Optional<Document> find(String registry, StorageKey key) {
        Path file = file(registry, key);
        try {
            byte[] bytes = Files.readAllBytes(file);
            Optional<Document> document = decode(key, bytes);
            if (document.isEmpty()) {
                LOG.warn("The local cache holds a damaged copy of '{}'; it is read again", key);
                Files.deleteIfExists(file);
            }
            return document;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("Cannot read '{}' from the local cache; it is read from the store", key, e);
            return Optional.empty();
        }
    }

    /** Whether documents are kept now; not for a while after one could not be. */
    boolean isKeeping() {
        return !failed || nanoTime.getAsLong() - failedAt >= PAUSE_NANOS;
    }

    /** Drops a document that is not what the store holds, and cannot be replaced. */
    void forget(String registry, StorageKey key) {
        try {
            Files.deleteIfExists(file(registry, key));
        } catch (IOException e) {
            LOG.warn("Cannot drop '{}' from the local cache", key, e);
        }
    }

    /** Keeps a document in place of an earlier one; that it cannot be kept is logged. */
    void keep(String registry, Document document) {
        StorageKey key = document.object().key();
        if (document.bytes().length > MOST_BYTES) {
            forget(registry, key);
            return;
        }
        if (!isKeeping()) {
            return;
        }
        failed = false;
        try {
            byte[] bytes = encode(document);
            Path file = file(registry, key);
            Path filling = session.filling(bytes.length, "document");
            try {
                quota.reserveSoon("'" + key + "'", bytes.length, filling);
                Files.write(filling, bytes);
                cache.createFolderOf(file);
                Files.move(filling, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(filling);
            }
        } catch (IOException | RuntimeException e) {
            if (StoreErrors.isInterruption(e)) {
                LOG.debug("Not keeping '{}', as the thread was interrupted", key, e);
                return;
            }
            failedAt = nanoTime.getAsLong();
            failed = true;
            LOG.warn("Cannot keep '{}' in the local cache; keeping no documents for a while", key, e);
        }
    }

    /** The registries of which there may be documents. */
    List<String> registries() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(cache.documents())) {
            folders.forEach(folder -> names.add(folder.getFileName().toString()));
        }
        return names;
    }

    private static byte[] encode(Document document) throws IOException {
        Instant modified = document.object().lastModified();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(body)) {
            out.writeUTF(document.object().key().value());
            out.writeUTF(document.object().etag());
            out.writeLong(modified.getEpochSecond());
            out.writeInt(modified.getNano());
            out.write(document.bytes());
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(Digest.sha256(body.toByteArray()).bytes());
        all.write(body.toByteArray());
        return all.toByteArray();
    }

    private static Optional<Document> decode(StorageKey key, byte[] bytes) throws IOException {
        if (bytes.length < DIGEST_BYTES) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length);
        if (!Arrays.equals(Digest.sha256(body).bytes(), Arrays.copyOf(bytes, DIGEST_BYTES))) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            String found = in.readUTF();
            String etag = in.readUTF();
            Instant modified = Instant.ofEpochSecond(in.readLong(), in.readInt());
            byte[] content = in.readAllBytes();
            return found.equals(key.value())
                    ? Optional.of(new Document(new StoredObject(key, content.length, etag, modified), content))
                    : Optional.empty();
        }
    }
}
