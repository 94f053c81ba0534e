package io.modelregistry.maintenance;

import java.util.Objects;

/**
 * An object that nothing names and nothing will.
 *
 * @param key where it lies, relative to the root of the store
 * @param size its length in bytes
 * @param reason why it is not needed
 */
public record Garbage(String key, long size, Reason reason) {
    /** Checks for nulls. */
    public Garbage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(reason, "reason");
    }

    /** Why an object is not needed. */
    public enum Reason {
        /** It was uploaded for a version that was never sealed. */
        UNPUBLISHED_UPLOAD,
        /** It was uploaded to a folder of its own by an attempt that another one forestalled. */
        FORESTALLED_UPLOAD,
        /** It lies in the folder of a sealed version, whose manifest does not name it. */
        NOT_IN_MANIFEST,
        /** It is a page of the version table that a later one replaced, or whose commit did not take place. */
        UNNAMED_PAGE,
        /** It notes which version holds a content, and that version is not published, or the note is damaged. */
        UNPUBLISHED_CONTENT,
        /** It is an event that a copy brought for a revision which the model has not reached, or has made otherwise. */
        UNFINISHED_COPY
    }
}
