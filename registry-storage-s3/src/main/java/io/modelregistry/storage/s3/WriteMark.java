package io.modelregistry.storage.s3;

import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * What one write leaves in the metadata of its object, and no other: whether a write took effect whose reply was lost
 * is found out by it.
 *
 * @param value random
 */
record WriteMark(String value) {
    /** Its name in the user-defined metadata of an object. */
    static final String NAME = "registry-write";

    static WriteMark random() {
        return new WriteMark(UUID.randomUUID().toString());
    }

    Map<String, String> metadata() {
        return Map.of(NAME, value);
    }

    /** Whether an object was left by this write. Names of headers come in any case, and the SDK keeps it. */
    boolean isOn(HeadObjectResponse head) {
        return head.metadata().entrySet().stream()
                .anyMatch(entry -> entry.getKey().equalsIgnoreCase(NAME) && value.equals(entry.getValue()));
    }
}
