package io.modelregistry.storage;

import java.util.List;
import java.util.Objects;

/**
 * The address of one object in a {@link StorageNode}: segments joined by {@code /}, such as
 * {@code models/iris/_model.json}.
 *
 * <ul>
 *   <li>1 to {@value #MAX_LENGTH} characters, each segment 1 to {@value #MAX_SEGMENT};
 *   <li>printable ASCII except {@code \ : * ? " < > | %}, so that a key is a path on every file system and orders alike
 *       on every store;
 *   <li>no segment is {@code .} or {@code ..}, starts with a dot, or starts or ends with a space or ends with a dot;
 *   <li>no key is a folder of another key of the same node (that is the caller's duty, a node may refuse it).
 * </ul>
 *
 * <p>Keys are compared by code unit, which for ASCII is byte order.
 */
public record StorageKey(String value) implements Comparable<StorageKey> {
    /** The longest key, so that a prefix of the store's own still fits below S3's 1,024 bytes. */
    public static final int MAX_LENGTH = 900;

    /** The longest segment: what common file systems take. */
    public static final int MAX_SEGMENT = 255;

    /**
     * Checks the rules of this type.
     *
     * @throws IllegalArgumentException naming the rule that the text breaks
     */
    public StorageKey {
        Objects.requireNonNull(value, "value");
        Segments.check("storage key", value, MAX_LENGTH);
    }

    /** The key with this text. */
    public static StorageKey of(String value) {
        return new StorageKey(value);
    }

    /** The last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The segments, at least one. */
    public List<String> segments() {
        return List.of(value.split("/"));
    }

    /** Whether this key lies below the prefix. */
    public boolean isBelow(KeyPrefix prefix) {
        return prefix.contains(this);
    }

    @Override
    public int compareTo(StorageKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
