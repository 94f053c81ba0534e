package io.modelregistry.registry;

/** Which revision of a model an edit was made for. */
public sealed interface ExpectedRevision {
    /** The edit is right whatever was changed meanwhile. */
    static ExpectedRevision any() {
        return Any.INSTANCE;
    }

    /** The edit is right only if nothing changed since this revision. */
    static ExpectedRevision of(long revision) {
        return new Exactly(revision);
    }

    /** See {@link ExpectedRevision#any}. */
    enum Any implements ExpectedRevision {
        /** The only value. */
        INSTANCE
    }

    /** See {@link ExpectedRevision#of}. */
    record Exactly(long revision) implements ExpectedRevision {}
}
