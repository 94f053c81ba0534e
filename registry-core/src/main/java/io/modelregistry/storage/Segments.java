package io.modelregistry.storage;

/** The character rules shared by {@link StorageKey} and {@link KeyPrefix}. */
final class Segments {
    private static final String FORBIDDEN = "\\:*?\"<>|%";

    private Segments() {}

    static void check(String thing, String text, int maxLength) {
        if (text.isEmpty()) {
            throw refused(thing, text, "it is empty");
        }
        if (text.length() > maxLength) {
            throw refused(
                    thing,
                    text.substring(0, 40) + "...",
                    "it has " + text.length() + " characters, at most " + maxLength);
        }
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '/') {
                checkSegment(thing, text, start, i);
                start = i + 1;
            } else {
                checkCharacter(thing, text, i);
            }
        }
    }

    private static void checkCharacter(String thing, String text, int at) {
        char c = text.charAt(at);
        if (c < 0x20 || c > 0x7e || FORBIDDEN.indexOf(c) >= 0) {
            throw refused(thing, text, "character %s is U+%04X".formatted(at + 1, (int) c));
        }
    }

    private static void checkSegment(String thing, String text, int start, int end) {
        int length = end - start;
        if (length == 0) {
            throw refused(thing, text, "it has an empty segment");
        }
        if (length > StorageKey.MAX_SEGMENT) {
            throw refused(thing, text, "a segment has " + length + " characters, at most " + StorageKey.MAX_SEGMENT);
        }
        char first = text.charAt(start);
        char last = text.charAt(end - 1);
        if (first == '.' || first == ' ' || last == '.' || last == ' ') {
            throw refused(thing, text, "a segment starts with a dot or a space, or ends with one");
        }
    }

    private static IllegalArgumentException refused(String thing, String text, String why) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .forEach(c -> shown.append(c < 0x20 || c > 0x7e ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
        return new IllegalArgumentException("Cannot use %s '%s': %s".formatted(thing, shown, why));
    }
}
