package io.modelregistry.inference.deployment;

/** Reasons for changes that nobody has written: short enough for the history, however long an error's message is. */
final class Reasons {
    private static final int LONGEST = 1_000;

    private Reasons() {}

    /** The text, or its beginning; never half of a character. */
    static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "...";
    }
}
