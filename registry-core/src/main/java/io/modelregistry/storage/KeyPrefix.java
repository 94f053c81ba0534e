package io.modelregistry.storage;

import java.util.Objects;

/**
 * A folder of keys: {@code models/iris} holds {@code models/iris/_model.json} and not {@code models/irises}.
 *
 * <p>The empty text is the {@link #ROOT}, which holds every key. Other texts follow the rules of {@link StorageKey}.
 */
public record KeyPrefix(String value) {
    /** Holds every key. */
    public static final KeyPrefix ROOT = new KeyPrefix("");

    /**
     * Checks the rules of this type.
     *
     * @throws IllegalArgumentException naming the rule that the text breaks
     */
    public KeyPrefix {
        Objects.requireNonNull(value, "value");
        if (!value.isEmpty()) {
            Segments.check("key prefix", value, StorageKey.MAX_LENGTH - 2);
        }
    }

    /** The prefix with this text; empty is the root. */
    public static KeyPrefix of(String value) {
        return value.isEmpty() ? ROOT : new KeyPrefix(value);
    }

    /** The key with this relative path in the folder. */
    public StorageKey key(String relative) {
        return new StorageKey(value.isEmpty() ? relative : value + "/" + relative);
    }

    /** The sub-folder with this relative path. */
    public KeyPrefix folder(String relative) {
        return new KeyPrefix(value.isEmpty() ? relative : value + "/" + relative);
    }

    /** Whether the key lies in this folder or below it. */
    public boolean contains(StorageKey key) {
        String text = key.value();
        return value.isEmpty()
                || (text.length() > value.length() + 1 && text.charAt(value.length()) == '/' && text.startsWith(value));
    }

    /**
     * The path of a key relative to this folder.
     *
     * @throws IllegalArgumentException if the key is not below this prefix
     */
    public String relativize(StorageKey key) {
        if (!contains(key)) {
            throw new IllegalArgumentException("Key '" + key + "' is not below '" + value + "'");
        }
        return value.isEmpty() ? key.value() : key.value().substring(value.length() + 1);
    }

    @Override
    public String toString() {
        return value;
    }
}
