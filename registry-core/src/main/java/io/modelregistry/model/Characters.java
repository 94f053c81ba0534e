package io.modelregistry.model;

import java.util.Locale;

/** The ASCII character rules that the textual values share; nothing here depends on the locale. */
final class Characters {
    private Characters() {}

    static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** What npm's grammar calls white space, as far as it is ASCII. */
    static boolean isWhitespace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** Lower-cases ASCII letters and nothing else; returns the same object when there is nothing to do. */
    static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUpper(text.charAt(i))) {
                return foldFrom(text, i);
            }
        }
        return text;
    }

    /** Whether the text, cut at its first dot, is a device on Windows and so cannot be a file there. */
    static boolean isWindowsDevice(String segment) {
        int dot = segment.indexOf('.');
        String stem = fold(dot < 0 ? segment : segment.substring(0, dot)).stripTrailing();
        return switch (stem) {
            case "con", "prn", "aux", "nul" -> true;
            default ->
                stem.length() == 4
                        && (stem.startsWith("com") || stem.startsWith("lpt"))
                        && stem.charAt(3) >= '1'
                        && stem.charAt(3) <= '9';
        };
    }

    /** The character as a message shows it: quoted, or by its code point when it cannot be printed. */
    static String shown(char c) {
        return c > 0x20 && c < 0x7f ? "'" + c + "'" : codePoint(c);
    }

    /** The code point as Unicode writes it, such as {@code U+00E9}. */
    static String codePoint(int codePoint) {
        String hex = Integer.toHexString(codePoint).toUpperCase(Locale.ROOT);
        return "U+" + "0".repeat(Math.max(0, 4 - hex.length())) + hex;
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static String foldFrom(String text, int first) {
        char[] folded = text.toCharArray();
        for (int i = first; i < folded.length; i++) {
            if (isUpper(folded[i])) {
                folded[i] = (char) (folded[i] + ('a' - 'A'));
            }
        }
        return new String(folded);
    }
}
