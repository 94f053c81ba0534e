package io.modelregistry.maintenance;

import java.util.Objects;

/**
 * Something that a check of a store found.
 *
 * @param key where it lies, relative to the root of the store
 * @param kind what is the matter
 * @param detail what was found, and what was expected, for people
 */
public record Finding(String key, Kind kind, String detail) {
    /** Checks for nulls. */
    public Finding {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /** How bad it is. */
    public Severity severity() {
        return kind.severity;
    }

    @Override
    public String toString() {
        return kind + " " + key + ": " + detail;
    }

    /** How bad a finding is. */
    public enum Severity {
        /** Something that was published cannot be read as it was written. */
        DAMAGE,
        /** Something that the registry has not put there, or does not understand. */
        WARNING,
        /** Nothing is wrong. */
        INFORMATION
    }

    /** What is the matter with an object. */
    public enum Kind {
        /** Something names it, and it is not there. */
        MISSING(Severity.DAMAGE),
        /** Its bytes are not what was written. */
        DAMAGED(Severity.DAMAGE),
        /** The store could not read it. */
        UNREADABLE(Severity.DAMAGE),
        /** The registry has not put it there. */
        FOREIGN(Severity.WARNING),
        /** A newer version of the library wrote it; it was not checked. */
        NEWER_FORMAT(Severity.WARNING),
        /** A version that is sealed and not visible yet: whoever meets it publishes it. */
        UNPUBLISHED(Severity.INFORMATION),
        /** A version that somebody is uploading, or has given up uploading. */
        CLAIMED(Severity.INFORMATION),
        /** A version whose upload was given up and collected. */
        VOID(Severity.INFORMATION),
        /** Nothing names it; a collection may take it away, or the copy that brought it may go on. */
        LEFTOVER(Severity.INFORMATION);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        /** How bad it is. */
        public Severity severity() {
            return severity;
        }
    }
}
