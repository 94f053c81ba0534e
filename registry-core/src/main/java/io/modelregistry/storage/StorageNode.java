package io.modelregistry.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A flat map from {@link StorageKey} to bytes: the whole infrastructure that a registry needs.
 *
 * <p>Implementing classes must comply with:
 *
 * <ul>
 *   <li><b>Atomic:</b> a reader sees an object as it was before a write or after it, never a part; a failed write
 *       leaves nothing visible.
 *   <li><b>Durable:</b> what was acknowledged survives a crash of the process and of the machine. A reader may see a
 *       write a moment before it is acknowledged; see {@link #ensureDurable}.
 *   <li><b>Conditional:</b> of any number of writes racing with {@code ifAbsent}, or with {@code ifMatches} on one
 *       etag, exactly one succeeds, across threads and processes.
 *   <li><b>Consistent:</b> reads and listings see every acknowledged write and delete.
 *   <li><b>Ordered:</b> listings ascend by key, byte by byte.
 *   <li><b>Thread-safe;</b> and after {@link #close} every method throws {@link StorageClosedException}.
 * </ul>
 *
 * <p>Errors are {@link IOException}s; the kinds that a caller can handle are {@link NoSuchKeyException},
 * {@link WriteConflictException}, {@link WriteOutcomeUnknownException}, {@link StorageClosedException} and
 * {@link StorageReadOnlyException}, each naming the key. The contract test kit ({@code StorageNodeContract} in the
 * test-jar) checks all of this. {@link StorageDeniedException} and {@link StorageUnreachableException} tell whoever
 * operates the process where to look.
 */
public interface StorageNode extends AutoCloseable {
    /** The facts of the object at a key; empty if there is none. */
    Optional<StoredObject> find(StorageKey key) throws IOException;

    /**
     * Opens an object, unless it is still the generation that the caller knows.
     *
     * @param range the bytes to stream
     * @param unlessEtag the etag of a generation that the caller has already, or null to open in any case
     * @return the object and a stream of one and the same generation, also if it is replaced or deleted meanwhile (a
     *     node may end the stream of a large object with an exception then, from a size that it documents); empty if
     *     the present generation has the etag {@code unlessEtag}
     * @throws NoSuchKeyException if there is no such object
     */
    Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException;

    /**
     * Writes an object as a whole. A failure of the content's own stream comes back unchanged, and nothing is written.
     *
     * @return the facts of what was written, with the etag that {@link #find} will show
     * @throws WriteConflictException if the condition did not hold; nothing was written by this call
     * @throws WriteOutcomeUnknownException if the store did not say whether it wrote: the caller has to read back
     * @throws IllegalArgumentException if a condition is set and the content is larger than {@link #maxConditionalSize}
     */
    StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException;

    /** Removes an object; nothing happens if there is none. */
    void delete(StorageKey key) throws IOException;

    /**
     * The objects below a folder at any depth, ascending by key.
     *
     * @param startAfter only keys behind this one, which need not exist; null for the first page
     * @param limit at most this many, at least 1
     * @return fewer than {@code limit} only when there are no more
     */
    List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException;

    /**
     * The names of the folders directly below a folder (each holds at least one object, at any depth).
     *
     * <p>They ascend as their keys do, that is by name followed by {@code /}: the folder {@code a-b} comes before the
     * folder {@code a}, as {@code a-b/x} comes before {@code a/x}. No store has to look ahead for that.
     *
     * @param startAfter only names behind this one in that order, which need not exist; null for the first page
     * @param limit at most this many, at least 1
     * @return fewer than {@code limit} only when there are no more
     */
    List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException;

    /**
     * Copies an object inside the store, replacing what is at the target. A copy onto itself changes nothing. Later
     * changes of the one do not show in the other; the copy may keep the source's time of modification.
     *
     * @throws NoSuchKeyException if the source does not exist
     */
    StoredObject copy(StorageKey from, StorageKey to) throws IOException;

    /**
     * From this size on, in bytes, copying an object and finding it first, which takes a listing, a read and a small
     * write, is worth while instead of uploading its bytes again.
     */
    default long copyFromBytes() {
        return 64 << 10;
    }

    /**
     * Returns when what a read has just shown at a key is durable. A reader may see a write before it is; if its writer
     * died in between, nobody else makes it so. For callers who acknowledge something because they found it done
     * already. Stores that show nothing before it is durable, which is most, do nothing here; a node over another node
     * passes the call on.
     */
    default void ensureDurable(StorageKey key) throws IOException {}

    /** The largest content, in bytes, that a conditional write may have; at least 8 MiB. */
    long maxConditionalSize();

    /**
     * The place of the store, the same for all nodes over it in all processes, without secrets: what was read from one
     * place is not taken for another's. By default the name of the class.
     */
    default String location() {
        return getClass().getName();
    }

    /** Releases what the node holds; idempotent. The stored objects stay. */
    @Override
    void close();

    /** Opens a whole object. */
    default OpenObject open(StorageKey key) throws IOException {
        return open(key, ByteRange.ALL, null).orElseThrow();
    }

    /** Reads a whole object into memory; for documents, not for model files. */
    default byte[] readAll(StorageKey key) throws IOException {
        try (OpenObject object = open(key)) {
            return object.stream().readAllBytes();
        }
    }
}
