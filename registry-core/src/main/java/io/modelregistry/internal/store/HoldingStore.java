package io.modelregistry.internal.store;

import io.modelregistry.internal.document.HoldingCodec;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Remembers in the store which published version of a model holds a large file, by the file's content, so that the same
 * content need not be uploaded again. Nothing depends on it: what is missing costs an upload.
 *
 * <p>A file is looked for in two steps. A {@link #sample} of it, which costs little to read, tells whether a file like
 * it is held; only then it is worth while to hash all of it. Thread-safe.
 */
public final class HoldingStore {
    private static final int SAMPLED_BYTES = 1 << 20;
    private static final int SAMPLE_LENGTH = 32;

    private final StorageNode node;

    /** What a store remembers. */
    public HoldingStore(StorageNode node) {
        this.node = node;
    }

    /** The sample of a file: a digest of its length and its first mebibyte, half of it in hexadecimal. */
    public static String sample(InputStream file, long size) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] length = ByteBuffer.allocate(Long.BYTES).putLong(size).array();
        hasher.update(length, 0, length.length);
        byte[] first = file.readNBytes((int) Math.min(SAMPLED_BYTES, size));
        hasher.update(first, 0, first.length);
        return hasher.finish().hex().substring(0, SAMPLE_LENGTH);
    }

    /** Whether a file of this size, in bytes, is remembered. */
    public boolean remembers(long size) {
        return size >= node.copyFromBytes();
    }

    /** The sample of a file that is stored. */
    public String sample(StorageKey key, long size) throws IOException {
        ByteRange sampled = ByteRange.of(0, Math.min(SAMPLED_BYTES, size));
        try (OpenObject object = node.open(key, sampled, null).orElseThrow()) {
            return sample(object.stream(), size);
        }
    }

    /** Whether a file with this sample is held. */
    public boolean holds(ModelKeys keys, String sample) throws IOException {
        return !node.list(keys.folder(ModelKeys.CONTENTS).folder(sample), null, 1)
                .isEmpty();
    }

    /** The version that holds a content. */
    public Optional<ModelVersion> find(ModelKeys keys, String sample, Digest digest) throws IOException {
        StorageKey key = keys.content(sample, digest);
        try {
            return Optional.of(StoreErrors.decode(key, node.readAll(key), HoldingCodec::decode));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /** Remembers that a published version holds a content; replaces what was remembered of it. */
    public void remember(ModelKeys keys, String sample, Digest digest, ModelVersion version) throws IOException {
        node.write(
                keys.content(sample, digest), Content.of(HoldingCodec.encode(version)), WriteCondition.unconditional());
    }
}
