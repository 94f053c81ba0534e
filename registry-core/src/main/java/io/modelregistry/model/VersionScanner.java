package io.modelregistry.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the parts of Semantic Versioning 2.0.0 from left to right, once, and refuses with the 1-based column.
 *
 * <p>Shared by {@link ModelVersion} and {@link RangeParser}. Not thread-safe; one scanner reads one text.
 */
final class VersionScanner {
    private final String thing;
    private final String text;
    private final String expected;
    private int at;

    VersionScanner(String thing, String text, String expected) {
        this.thing = thing;
        this.text = text;
        this.expected = expected;
    }

    int position() {
        return at;
    }

    boolean atEnd() {
        return at == text.length();
    }

    /** The next character, or NUL at the end; a NUL in the text is refused wherever it stands. */
    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    boolean accept(char c) {
        if (!atEnd() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c, String before) {
        if (!accept(c)) {
            throw refuseHere("'" + c + "' is missing before the " + before);
        }
    }

    /** Skips white space and says whether there was any. */
    boolean skipWhitespace() {
        int start = at;
        while (!atEnd() && Characters.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at > start;
    }

    /** Skips the letters v and equals signs that npm lets stand before a version. */
    void skipPrefix() {
        while (peek() == 'v' || peek() == '=') {
            at++;
        }
    }

    /** Reads a number without leading zeros, at most {@link ModelVersion#MAX_NUMBER}. */
    long number(String what) {
        int start = at;
        long value = 0;
        while (!atEnd() && Characters.isDigit(text.charAt(at))) {
            if (at > start && text.charAt(start) == '0') {
                throw refuse(start, "the " + what + " has a leading zero");
            }
            value = value * 10 + (text.charAt(at) - '0');
            if (value > ModelVersion.MAX_NUMBER) {
                throw refuse(start, "the " + what + " is larger than " + ModelVersion.MAX_NUMBER);
            }
            at++;
        }
        if (at == start) {
            throw refuseHere("the " + what + " is missing");
        }
        return value;
    }

    /** Reads dot-separated pre-release identifiers; the hyphen before them has been read. */
    String[] preRelease() {
        List<String> identifiers = new ArrayList<>(4);
        do {
            int start = at;
            String identifier = identifier("pre-release identifier");
            if (identifier.length() > 1 && identifier.charAt(0) == '0' && isNumeric(identifier)) {
                throw refuse(start, "the pre-release identifier '" + identifier + "' has a leading zero");
            }
            identifiers.add(identifier);
        } while (accept('.'));
        return identifiers.toArray(String[]::new);
    }

    /** Reads dot-separated build identifiers; the plus sign before them has been read. */
    String build() {
        int start = at;
        do {
            identifier("build identifier");
        } while (accept('.'));
        return text.substring(start, at);
    }

    InvalidValueException refuseHere(String why) {
        return refuse(at, atEnd() ? why + ", the text ends" : why + ", there is " + Characters.shown(text.charAt(at)));
    }

    InvalidValueException refuse(int position, String why) {
        return new InvalidValueException(thing, text, "at column " + (position + 1) + " " + why, expected);
    }

    static boolean isNumeric(String identifier) {
        for (int i = 0; i < identifier.length(); i++) {
            if (!Characters.isDigit(identifier.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private String identifier(String what) {
        int start = at;
        while (!atEnd() && isIdentifierCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw refuseHere("a " + what + " is missing");
        }
        return text.substring(start, at);
    }

    private static boolean isIdentifierCharacter(char c) {
        return Characters.isLetter(c) || Characters.isDigit(c) || c == '-';
    }
}
