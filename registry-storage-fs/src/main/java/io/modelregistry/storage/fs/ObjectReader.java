package io.modelregistry.storage.fs;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects without a lock.
 *
 * <p>A generation is never changed in place, only replaced, so an open file is one generation for as long as it is
 * open. Facts that come from the path (those of large objects) count only if the path names the same file before and
 * after it was opened. Thread-safe.
 */
final class ObjectReader {
    private static final int ATTEMPTS = 1000;

    private final FileOperations operations;
    private final Tree tree;

    ObjectReader(FileOperations operations, Tree tree) {
        this.operations = operations;
        this.tree = tree;
    }

    /** The facts of the object at a key; empty if there is none. */
    Optional<StoredObject> find(StorageKey key) throws IOException {
        Optional<Generation> generation = generation("find object '" + key + "'", key, false);
        if (generation.isPresent()) {
            generation.get().close();
        }
        return generation.map(Generation::object);
    }

    /** The object, its stream not yet read; empty if it has the etag. */
    Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        String action = "open object '" + key + "'";
        Generation generation = generation(action, key, true).orElseThrow(() -> missing(action, key));
        if (generation.object.etag().equals(unlessEtag)) {
            generation.close();
            return Optional.empty();
        }
        return Optional.of(new OpenObject(generation.object, generation.stream(range)));
    }

    /** The file of an existing object. */
    Optional<Path> path(StorageKey key) throws IOException {
        return existing("locate object '" + key + "'", key).map(Existing::file);
    }

    /** The error for a key without an object. */
    static NoSuchKeyException missing(String action, StorageKey key) {
        return new NoSuchKeyException(
                key, "Cannot %s: there is none, expected an existing key".formatted(action), null);
    }

    /** The etag that a file under any name has as an object. */
    String etag(Path file, FileFacts facts) throws IOException {
        if (facts.size() > Etags.LARGEST_HASHED) {
            return Etags.ofFile(facts);
        }
        byte[] bytes = read(file, facts.size()).orElseThrow(() -> new IOException("The file grew while it was read"));
        return etagOf(bytes);
    }

    private Optional<Generation> generation(String action, StorageKey key, boolean toStream) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Existing> existing = existing(action, key);
            if (existing.isEmpty()) {
                return Optional.empty();
            }
            Optional<Generation> generation = load(key, existing.get(), toStream);
            if (generation.isPresent()) {
                return generation;
            }
        }
        throw new StorageException(
                key,
                "Cannot %s: it was replaced %s times meanwhile, expected a pause".formatted(action, ATTEMPTS),
                null);
    }

    private Optional<Existing> existing(String action, StorageKey key) throws IOException {
        Optional<Path> file = tree.file(key);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Optional<FileFacts> facts = operations.facts(file.get());
        if (facts.isEmpty() || facts.get().isFolder()) {
            return Optional.empty();
        }
        if (!facts.get().isFile()) {
            throw tree.symbolicLink(action, key, file.get());
        }
        try {
            tree.checkInside(action, key, Tree.folderOf(file.get()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(new Existing(file.get(), facts.get()));
    }

    /** Empty if the file was replaced or removed meanwhile. */
    private Optional<Generation> load(StorageKey key, Existing existing, boolean toStream) throws IOException {
        FileFacts facts = existing.facts;
        if (facts.size() <= Etags.LARGEST_HASHED) {
            return read(existing.file, facts.size()).map(bytes -> {
                StoredObject object = new StoredObject(key, bytes.length, etagOf(bytes), facts.lastModified());
                return new Generation(object, bytes, null);
            });
        }
        StoredObject object = new StoredObject(key, facts.size(), Etags.ofFile(facts), facts.lastModified());
        if (!toStream) {
            return Optional.of(new Generation(object, new byte[0], null));
        }
        return openLarge(existing).map(stream -> new Generation(object, new byte[0], stream));
    }

    private Optional<InputStream> openLarge(Existing existing) throws IOException {
        InputStream stream;
        try {
            stream = operations.read(existing.file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        boolean same = false;
        try {
            same = operations.facts(existing.file).equals(Optional.of(existing.facts));
        } finally {
            if (!same) {
                stream.close();
            }
        }
        return same ? Optional.of(stream) : Optional.empty();
    }

    private Optional<byte[]> read(Path file, long size) throws IOException {
        byte[] buffer = new byte[(int) size + 1];
        try (InputStream stream = operations.read(file)) {
            int read = stream.readNBytes(buffer, 0, buffer.length);
            return read == buffer.length ? Optional.empty() : Optional.of(Arrays.copyOf(buffer, read));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String etagOf(byte[] bytes) {
        MessageDigest digest = Etags.digest();
        digest.update(bytes);
        return Etags.ofContent(digest);
    }

    private record Existing(Path file, FileFacts facts) {}

    /** A small object's bytes, or a large one's stream if it was asked for. */
    private static final class Generation {
        private final StoredObject object;
        private final byte[] bytes;
        private final @Nullable InputStream stream;

        Generation(StoredObject object, byte[] bytes, @Nullable InputStream stream) {
            this.object = object;
            this.bytes = bytes;
            this.stream = stream;
        }

        StoredObject object() {
            return object;
        }

        InputStream stream(ByteRange range) throws IOException {
            long start = range.startIn(object.size());
            long length = range.lengthIn(object.size());
            if (stream == null) {
                return new ByteArrayInputStream(bytes, (int) start, (int) length);
            }
            boolean there = false;
            try {
                stream.skipNBytes(start);
                there = true;
            } finally {
                if (!there) {
                    stream.close();
                }
            }
            return new RangeStream(stream, length);
        }

        void close() throws IOException {
            if (stream != null) {
                stream.close();
            }
        }
    }
}
