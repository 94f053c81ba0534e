package io.modelregistry.model;

import java.util.Objects;

/** A value breaks the grammar or the limits of its type. */
public final class InvalidValueException extends RegistryException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 80;

    private final String thing;
    private final String value;

    /**
     * Describes a refused value.
     *
     * @param thing what it was meant to be, such as {@code model name}
     * @param value the refused text
     * @param why the rule that it breaks
     * @param expected what would be accepted
     */
    public InvalidValueException(String thing, String value, String why, String expected) {
        super(
                ErrorCode.INVALID,
                "Cannot use %s '%s': %s, expected %s".formatted(thing, printable(value), why, expected));
        this.thing = thing;
        this.value = Objects.requireNonNull(value, "value");
    }

    /** What the value was meant to be. */
    public String thing() {
        return thing;
    }

    /** The refused text, unchanged. */
    public String value() {
        return value;
    }

    /** Control characters escaped, long texts cut: a message must not be a way to forge log lines. */
    private static String printable(String value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length() && i < SHOWN; i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c == 0x7f || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return value.length() > SHOWN ? out + "... (" + value.length() + " characters)" : out.toString();
    }
}
