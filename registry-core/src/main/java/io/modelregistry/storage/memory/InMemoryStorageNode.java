package io.modelregistry.storage.memory;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StorageNode} that keeps its objects on the heap of this process; they are gone when it is.
 *
 * <p>The reference for other nodes: it copies the bytes it is given and the bytes it gives out, and it refuses what a
 * file system refuses (a key that is a folder of another key). An etag is a digest of the content, so that equal
 * contents share one, as they do on S3: code that is only right when every write has an etag of its own is wrong here,
 * too.
 *
 * <p>Thread-safe. Reads and listings take no lock; a write takes one after its content was read to the end. An object
 * may have at most 2 GiB less 8 bytes.
 */
public final class InMemoryStorageNode implements StorageNode {
    private static final long MAX_CONDITIONAL_SIZE = 8L << 20;
    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;
    private static final int ETAG_BYTES = 16;

    private final ConcurrentNavigableMap<String, Generation> generations = new ConcurrentSkipListMap<>();
    private final Object writing = new Object();
    private final Clock clock;
    private volatile boolean closed;

    /** An empty node that takes the times of its objects from the system's clock. */
    public InMemoryStorageNode() {
        this(Clock.systemUTC());
    }

    /** An empty node that takes the times of its objects from a clock. */
    public InMemoryStorageNode(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        checkOpen("find object", key);
        return Optional.ofNullable(generations.get(key.value())).map(Generation::object);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        checkOpen("open object", key);
        Generation generation = existing("open object", key);
        if (generation.object.etag().equals(unlessEtag)) {
            return Optional.empty();
        }
        long size = generation.object.size();
        InputStream stream =
                new ByteArrayInputStream(generation.bytes, (int) range.startIn(size), (int) range.lengthIn(size));
        return Optional.of(new OpenObject(generation.object, stream));
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        checkOpen("write object", key);
        if (!(condition instanceof WriteCondition.Unconditional) && content.size() > MAX_CONDITIONAL_SIZE) {
            throw new IllegalArgumentException(
                    "Cannot write object '%s': it has %s bytes, expected at most %s under a condition"
                            .formatted(key, content.size(), MAX_CONDITIONAL_SIZE));
        }
        byte[] bytes = read(key, content);
        String etag = etagOf(bytes);
        synchronized (writing) {
            checkOpen("write object", key);
            checkCondition(key, condition);
            return store(key, bytes, etag);
        }
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        synchronized (writing) {
            checkOpen("delete object", key);
            generations.remove(key.value());
        }
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        checkOpen("list objects below", prefix);
        checkLimit(limit);
        List<ListedObject> page = new ArrayList<>();
        for (Map.Entry<String, Generation> entry : below(prefix, startAfter == null ? null : startAfter.value())) {
            if (page.size() == limit || !entry.getKey().startsWith(start(prefix))) {
                break;
            }
            StoredObject object = entry.getValue().object;
            page.add(new ListedObject(object.key(), object.size(), object.lastModified()));
        }
        return List.copyOf(page);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        checkOpen("list folders below", prefix);
        checkLimit(limit);
        String start = start(prefix);
        List<String> page = new ArrayList<>();
        String next = startAfter == null ? generations.ceilingKey(start) : behindFolder(start + startAfter);
        while (next != null && next.startsWith(start) && page.size() < limit) {
            int end = next.indexOf('/', start.length());
            if (end < 0) {
                next = generations.higherKey(next);
            } else {
                page.add(next.substring(start.length(), end));
                next = behindFolder(next.substring(0, end));
            }
        }
        return List.copyOf(page);
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        checkOpen("copy object", from);
        synchronized (writing) {
            checkOpen("copy object", from);
            Generation source = existing("copy object", from);
            return from.equals(to) ? source.object : store(to, source.bytes, source.object.etag());
        }
    }

    @Override
    public long maxConditionalSize() {
        return MAX_CONDITIONAL_SIZE;
    }

    @Override
    public void close() {
        synchronized (writing) {
            closed = true;
        }
    }

    private void checkOpen(String verb, Object subject) throws StorageClosedException {
        if (closed) {
            StorageKey key = subject instanceof StorageKey named ? named : null;
            throw new StorageClosedException(
                    key, "Cannot %s '%s': the node is closed, expected an open one".formatted(verb, subject), null);
        }
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("Cannot list '%s' objects, expected at least 1".formatted(limit));
        }
    }

    private Generation existing(String verb, StorageKey key) throws NoSuchKeyException {
        Generation generation = generations.get(key.value());
        if (generation == null) {
            throw new NoSuchKeyException(
                    key, "Cannot %s '%s': there is none, expected an existing key".formatted(verb, key), null);
        }
        return generation;
    }

    private static byte[] read(StorageKey key, Content content) throws IOException {
        long size = content.size();
        if (size > MAX_SIZE) {
            throw new StorageException(
                    key,
                    "Cannot write object '%s': it has %s bytes, expected at most %s in memory"
                            .formatted(key, size, MAX_SIZE),
                    null);
        }
        try (InputStream stream = content.open()) {
            byte[] bytes = stream.readNBytes((int) size);
            if (bytes.length < size || stream.read() >= 0) {
                throw new StorageException(
                        key,
                        "Cannot write object '%s': its content is %s than declared, expected %s bytes"
                                .formatted(key, bytes.length < size ? "shorter" : "longer", size),
                        null);
            }
            return bytes;
        }
    }

    private void checkCondition(StorageKey key, WriteCondition condition) throws WriteConflictException {
        Generation present = generations.get(key.value());
        if (condition instanceof WriteCondition.IfAbsent && present != null) {
            throw new WriteConflictException(
                    key, "Cannot create object '%s': it exists, expected no object at the key".formatted(key), null);
        }
        if (condition instanceof WriteCondition.IfMatches matches
                && (present == null || !present.object.etag().equals(matches.etag()))) {
            String found = present == null ? "there is none" : "it has etag " + present.object.etag();
            throw new WriteConflictException(
                    key,
                    "Cannot replace object '%s': %s, expected etag %s".formatted(key, found, matches.etag()),
                    null);
        }
    }

    private StoredObject store(StorageKey key, byte[] bytes, String etag) throws StorageException {
        checkNoFolder(key);
        Instant now = clock.instant();
        StoredObject object = new StoredObject(key, bytes.length, etag, now);
        generations.put(key.value(), new Generation(object, bytes));
        return object;
    }

    /** A file system could not hold a file that is also a folder, so neither does the reference. */
    private void checkNoFolder(StorageKey key) throws StorageException {
        String text = key.value();
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
            String folder = text.substring(0, slash);
            if (generations.containsKey(folder)) {
                throw new StorageException(
                        key,
                        "Cannot write object '%s': '%s' is an object, expected a folder".formatted(key, folder),
                        null);
            }
        }
        String inside = generations.ceilingKey(text + "/");
        if (inside != null && inside.startsWith(text + "/")) {
            throw new StorageException(
                    key,
                    "Cannot write object '%s': it is the folder of '%s', expected a free key".formatted(key, inside),
                    null);
        }
    }

    private Iterable<Map.Entry<String, Generation>> below(KeyPrefix prefix, @Nullable String startAfter) {
        String start = start(prefix);
        boolean fromStart = startAfter == null || startAfter.compareTo(start) < 0;
        return (fromStart ? generations.tailMap(start, true) : generations.tailMap(startAfter, false)).entrySet();
    }

    /** The first key behind everything in a folder: {@code '0'} is the character after {@code '/'}. */
    private @Nullable String behindFolder(String folder) {
        return generations.ceilingKey(folder + '0');
    }

    private static String start(KeyPrefix prefix) {
        return prefix.value().isEmpty() ? "" : prefix.value() + "/";
    }

    private static String etagOf(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, ETAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static final class Generation {
        private final StoredObject object;
        private final byte[] bytes;

        Generation(StoredObject object, byte[] bytes) {
            this.object = object;
            this.bytes = bytes;
        }

        StoredObject object() {
            return object;
        }
    }
}
