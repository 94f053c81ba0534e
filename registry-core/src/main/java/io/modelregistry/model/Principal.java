package io.modelregistry.model;

import java.text.Normalizer;
import java.util.Objects;

/**
 * Who acts: a person ({@code user:ann@example.org}) or a program ({@code service:trainer}).
 *
 * <p>The name is what the host knows the actor by, e-mail addresses included: 1 to {@value #MAX_LENGTH} characters in
 * Unicode's normal form C, without control, format or line characters, not starting or ending with a space. Names are
 * compared exactly.
 *
 * @param kind person or program
 * @param name the name without the kind
 */
public record Principal(Kind kind, String name) implements Comparable<Principal> {
    /** The most characters of a name. */
    public static final int MAX_LENGTH = 256;

    private static final String THING = "principal";

    /** Whether an actor is a person or a program. */
    public enum Kind {
        /** A person. */
        USER("user"),
        /** A program, such as a training job. */
        SERVICE("service");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /** The word in front of the colon. */
        public String prefix() {
            return prefix;
        }
    }

    /**
     * Checks the rules of the name.
     *
     * @throws InvalidValueException naming the rule that the name breaks
     */
    public Principal {
        Objects.requireNonNull(kind, "kind");
        checkName(THING, name);
    }

    /**
     * The person with this name.
     *
     * @throws InvalidValueException naming the rule that the name breaks
     */
    public static Principal user(String name) {
        return new Principal(Kind.USER, name);
    }

    /**
     * The program with this name.
     *
     * @throws InvalidValueException naming the rule that the name breaks
     */
    public static Principal service(String name) {
        return new Principal(Kind.SERVICE, name);
    }

    /**
     * Reads {@code user:<name>} or {@code service:<name>}.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public static Principal parse(String text) {
        Objects.requireNonNull(text, "text");
        for (Kind kind : Kind.values()) {
            String prefix = kind.prefix();
            if (text.startsWith(prefix) && text.length() > prefix.length() && text.charAt(prefix.length()) == ':') {
                return new Principal(kind, text.substring(prefix.length() + 1));
            }
        }
        throw new InvalidValueException(
                THING, text, "it does not say whether it is a user or a service", "'user:<name>' or 'service:<name>'");
    }

    /** Orders by kind, then by name. */
    @Override
    public int compareTo(Principal other) {
        int order = kind.compareTo(other.kind);
        return order == 0 ? name.compareTo(other.name) : order;
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return kind.prefix() + ":" + name;
    }

    /** The rules that the names of principals and of groups share. */
    static void checkName(String thing, String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw refused(thing, name, "its name is empty");
        }
        if (name.length() > MAX_LENGTH) {
            throw refused(thing, name, "its name has " + name.length() + " characters, at most " + MAX_LENGTH);
        }
        if (name.charAt(0) == ' ' || name.charAt(name.length() - 1) == ' ') {
            throw refused(thing, name, "its name starts or ends with a space");
        }
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            if (!isPrintable(name.codePointAt(i))) {
                throw refused(thing, name, "character " + (i + 1) + " is " + Characters.codePoint(name.codePointAt(i)));
            }
        }
        boolean isAscii = name.chars().allMatch(c -> c < 0x80); // Spares a young process the tables of Unicode.
        if (!isAscii && !Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
            throw refused(thing, name, "its name is not in Unicode's normal form C");
        }
    }

    /** Unassigned characters pass: a name that a newer platform knows must stay readable on an older one. */
    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    private static InvalidValueException refused(String thing, String name, String why) {
        return new InvalidValueException(thing, name, why, "a printable name such as 'ann@example.org'");
    }
}
