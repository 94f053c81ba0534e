package io.modelregistry.storm;

import java.util.Optional;

/**
 * A change that a worker made, and was told so.
 *
 * @param kind what it did
 * @param certainty whether it was told that the change is made, or that nobody knows
 * @param model to which model
 * @param what the version, the alias or the counter
 * @param value the content, the reason or the target
 */
public record Deed(Kind kind, Certainty certainty, String model, String what, String value) {
    private static final String END = ".";

    /** What workers do. */
    public enum Kind {
        /** Registered the version {@code what} with the content {@code value}. */
        REGISTERED,
        /** Brought the version {@code what} into production for the reason {@code value}. */
        PROMOTED,
        /** Let the alias {@code what} lead to the version {@code value}. */
        ALIASED,
        /** Raised the counter {@code what} to {@code value}. */
        COUNTED
    }

    /** What the worker was told. */
    public enum Certainty {
        /** The call returned. */
        DONE,
        /** The call ended with an unknown outcome. */
        UNKNOWN
    }

    /** One line without its end; a line that was cut off can be told from it. */
    String line() {
        return String.join("\t", kind.name(), certainty.name(), model, what, value, END);
    }

    /** Reads a line; empty if it was cut off. */
    static Optional<Deed> parse(String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length != 6 || !parts[5].equals(END)) {
            return Optional.empty();
        }
        return Optional.of(new Deed(Kind.valueOf(parts[0]), Certainty.valueOf(parts[1]), parts[2], parts[3], parts[4]));
    }

    boolean isDone() {
        return certainty == Certainty.DONE;
    }
}
