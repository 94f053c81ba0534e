package io.modelregistry.storage;

import java.util.Objects;

/** What must hold at the instant of a write for it to take place. */
public sealed interface WriteCondition {
    /** Write whatever is there. */
    static WriteCondition unconditional() {
        return Unconditional.INSTANCE;
    }

    /** Write only if the key does not exist. */
    static WriteCondition ifAbsent() {
        return IfAbsent.INSTANCE;
    }

    /**
     * Write only if the key's present generation has this etag. Equal contents may share an etag, so contents that must
     * be told apart have to differ: a writer that puts back what is there takes nobody's turn.
     */
    static WriteCondition ifMatches(String etag) {
        return new IfMatches(etag);
    }

    /** See {@link WriteCondition#unconditional}. */
    enum Unconditional implements WriteCondition {
        /** The only value. */
        INSTANCE
    }

    /** See {@link WriteCondition#ifAbsent}. */
    enum IfAbsent implements WriteCondition {
        /** The only value. */
        INSTANCE
    }

    /** See {@link WriteCondition#ifMatches}. */
    record IfMatches(String etag) implements WriteCondition {
        /** Checks for null. */
        public IfMatches {
            Objects.requireNonNull(etag, "etag");
        }
    }
}
