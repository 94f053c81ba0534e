package io.modelregistry.storage.s3;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import java.util.Optional;

/**
 * Where in S3 a node keeps its objects.
 *
 * @param bucket the bucket
 * @param prefix the folder in it, empty or ending in a slash
 */
record Location(String bucket, String prefix) {
    /** The name of an object in the bucket. */
    String nameOf(StorageKey key) {
        return prefix + key.value();
    }

    /** What the names of all objects below a folder begin with. */
    String nameOf(KeyPrefix folder) {
        return folder.value().isEmpty() ? prefix : prefix + folder.value() + "/";
    }

    /** The key of an object of the bucket; empty if no node could have written it. */
    Optional<StorageKey> keyOf(String name) {
        try {
            return Optional.of(StorageKey.of(name.substring(prefix.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // somebody else's, such as the marker of an empty folder
        }
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
