package io.modelregistry.storage.s3;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.Presigning;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageReadOnlyException;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * A {@link StorageNode} in an S3 bucket: the object {@code models/iris/_model.json} is the object of that name behind
 * the prefix. The bucket is the whole infrastructure; any number of nodes in any number of processes may share it.
 *
 * <p>Everything rests on conditional writes ({@code If-None-Match: *} and {@code If-Match} on PutObject). Before its
 * first write, a node tries whether the store honours them, and refuses one that does not; {@code docs/storage-s3.md}
 * says which were tried. Nothing is asked of the store before the first call.
 *
 * <p>An object of more than one part (8 MiB unless the host says otherwise) is written in parts, several at a time, and
 * appears as a whole; the parts of an interrupted write are used when the same bytes are written again. An object of
 * more than four parts is read through several connections; a stream of one whose generation is replaced or deleted
 * meanwhile ends with an exception, never with other bytes. A broken connection is taken up where it broke. The memory
 * of all large transfers together is bounded by twice as many parts as one of them has threads.
 *
 * <p>Requests are tried again, with jitter and a budget, when the store is busy or does not answer. Whether a write
 * whose answer was lost took effect is found out by reading back; what cannot be found out is reported by
 * {@link io.modelregistry.storage.WriteOutcomeUnknownException}.
 *
 * <p>Thread-safe. An interrupt ends a read, and a write whose content is still being read.
 */
public final class S3StorageNode implements StorageNode, Presigning {
    private final Bucket bucket;
    private final AutoCloseable resources;
    private final PresignedLinks links;
    private final ConditionProbe probe;
    private final ObjectReader reader;
    private final SmallWrite small;
    private final LargeWrite large;
    private final ObjectCopier copier;
    private final Listing listing;
    private final boolean isReadOnly;
    private final AtomicBoolean closed = new AtomicBoolean();

    S3StorageNode(Bucket bucket, PresignedLinks links, AutoCloseable resources, boolean isReadOnly) {
        this.bucket = bucket;
        this.links = links;
        this.resources = resources;
        this.isReadOnly = isReadOnly;
        reader = new ObjectReader(bucket, buffers(bucket.settings));
        probe = new ConditionProbe(bucket);
        small = new SmallWrite(bucket, reader);
        large = new LargeWrite(bucket, buffers(bucket.settings), new ReadBack(bucket, reader));
        copier = new ObjectCopier(bucket, reader, ObjectCopier.AT_ONCE);
        listing = new Listing(bucket);
    }

    /** Of each direction its own: a stream that nobody reads on must not stop those who write. */
    private static PartBuffers buffers(Settings settings) {
        return new PartBuffers(settings.partBytes(), settings.threads());
    }

    /** Begins to make a node in a bucket, which has to exist. */
    public static S3StorageNodeBuilder bucket(String bucket) {
        return new S3StorageNodeBuilder(bucket);
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        String action = "find object '" + key + "'";
        checkOpen(action, key);
        return reader.find(action, key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        checkOpen("open object '" + key + "'", key);
        return reader.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        String action = "write object '" + key + "'";
        boolean isLarge = content.size() > maxConditionalSize();
        if (isLarge && !(condition instanceof WriteCondition.Unconditional)) {
            throw new IllegalArgumentException(
                    "Cannot write object '%s': it has %s bytes, expected at most %s under a condition"
                            .formatted(key, content.size(), maxConditionalSize()));
        }
        checkWritable(action, key);
        return isLarge ? large.write(key, content) : small.write(key, content, condition);
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        String action = "delete object '" + key + "'";
        checkWritable(action, key);
        try {
            bucket.uninterrupted(() -> bucket.client.deleteObject(
                    request -> request.bucket(bucket.location.bucket()).key(bucket.location.nameOf(key))));
        } catch (SdkException e) {
            if (!Failures.isMissing(e)) {
                throw bucket.failures.writing(action, key, e);
            }
        }
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        checkLimit(limit);
        checkOpen("list objects below '" + prefix + "'", null);
        return listing.objects(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        checkLimit(limit);
        checkOpen("list folders below '" + prefix + "'", null);
        return listing.folders(prefix, startAfter, limit);
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        checkWritable("copy object '" + from + "'", from);
        return copier.copy(from, to);
    }

    /** {@inheritDoc} Below a part, uploading the bytes again takes fewer requests than finding and copying them. */
    @Override
    public long copyFromBytes() {
        return bucket.settings.partBytes() + 1L;
    }

    /** {@inheritDoc} Here one part: conditions on multipart uploads are ignored by several stores. */
    @Override
    public long maxConditionalSize() {
        return bucket.settings.partBytes();
    }

    @Override
    public String location() {
        return bucket.location.toString() + " at " + bucket.place();
    }

    @Override
    public Optional<URI> findDownloadLink(StorageKey key, Duration validFor) throws IOException {
        String action = "link object '" + key + "'";
        checkOpen(action, key);
        return Optional.of(links.link(action, key, validFor));
    }

    /** {@inheritDoc} Waits for requests that write and are under way, as long as a request may take. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            bucket.endThreads();
            links.close();
            try {
                resources.close();
            } catch (Exception e) {
                throw new IllegalStateException("Cannot close the S3 client, expected it to close", e);
            }
        }
    }

    @Override
    public String toString() {
        return "S3StorageNode at " + bucket.location;
    }

    private void checkOpen(String action, @Nullable StorageKey key) throws IOException {
        if (closed.get()) {
            throw new StorageClosedException(
                    key, "Cannot %s: the node is closed, expected an open one".formatted(action), null);
        }
    }

    private void checkWritable(String action, StorageKey key) throws IOException {
        checkOpen(action, key);
        if (isReadOnly) {
            throw new StorageReadOnlyException(
                    key, "Cannot %s: the node was opened read-only, expected one that writes".formatted(action), null);
        }
        probe.check(action, key);
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("Cannot list '%s' objects, expected at least 1".formatted(limit));
        }
    }
}
