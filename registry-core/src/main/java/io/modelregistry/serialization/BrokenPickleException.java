package io.modelregistry.serialization;

/** A pickle cannot be followed further: it makes no sense, it ends, or it is larger than what is looked at. */
final class BrokenPickleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Why it cannot be followed. */
    enum Kind {
        /** No loader could follow it either. */
        SENSELESS,
        /** The bytes end before it does. */
        ENDS,
        /** A loader would go on; looking does not. */
        LIMIT
    }

    BrokenPickleException(String why) {
        this(why, Kind.SENSELESS);
    }

    private BrokenPickleException(String why, Kind kind) {
        super(why);
        this.kind = kind;
    }

    static BrokenPickleException ends() {
        return new BrokenPickleException("it ends in the middle", Kind.ENDS);
    }

    static BrokenPickleException limit(String why) {
        return new BrokenPickleException(why, Kind.LIMIT);
    }

    Kind kind() {
        return kind;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
