package io.modelregistry.model;

import java.util.List;
import java.util.Objects;

/**
 * The place of a file inside a model version: segments joined by {@code /}, such as {@code variables/variables.index}.
 *
 * <ul>
 *   <li>Relative: no leading, trailing or doubled {@code /}, no {@code .} or {@code ..}; 1 to {@value #MAX_LENGTH}
 *       characters, each segment at most {@value #MAX_SEGMENT}.
 *   <li>Printable ASCII except {@code \ : * ? " < > | %}, so that it is a path on every file system and orders alike on
 *       every store.
 *   <li>No segment starts with a dot, starts or ends with a space, ends with a dot, or is a Windows device
 *       ({@code aux.txt}).
 * </ul>
 *
 * <p>Paths are equal when they are spelled alike and ordered by their UTF-8 bytes. Two paths with the same
 * {@link #folded()} form would be one file on a disk that ignores case.
 *
 * @param value the whole path
 */
public record ArtifactPath(String value) implements Comparable<ArtifactPath> {
    /** The most characters of a path. */
    public static final int MAX_LENGTH = 400;

    /** The most characters of a segment: what common file systems take. */
    public static final int MAX_SEGMENT = 255;

    private static final String THING = "artifact path";
    private static final String EXPECTED = "a relative path such as 'variables/variables.index'";
    private static final String FORBIDDEN = "\\:*?\"<>|%";

    /**
     * Checks the rules of this type.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public ArtifactPath {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty()) {
            throw refused(value, "it is empty");
        }
        if (value.length() > MAX_LENGTH) {
            throw refused(value, "it has " + value.length() + " characters, at most " + MAX_LENGTH);
        }
        if (value.charAt(0) == '/') {
            throw refused(value, "it is absolute");
        }
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '/') {
                checkSegment(value, value.substring(start, i));
                start = i + 1;
            } else {
                checkCharacter(value, i);
            }
        }
    }

    /**
     * The path with this text.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public static ArtifactPath of(String value) {
        return new ArtifactPath(value);
    }

    /** The segments in order, at least one. */
    public List<String> segments() {
        return List.of(value.split("/"));
    }

    /** The last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The path in lower case: equal for paths that collide on a disk that ignores case. */
    public String folded() {
        return Characters.fold(value);
    }

    /** Orders by the bytes of the text. */
    @Override
    public int compareTo(ArtifactPath other) {
        return value.compareTo(other.value);
    }

    /** The path itself. */
    @Override
    public String toString() {
        return value;
    }

    private static void checkCharacter(String value, int at) {
        char c = value.charAt(at);
        if (c < 0x20 || c > 0x7e || FORBIDDEN.indexOf(c) >= 0) {
            throw refused(value, "character " + (at + 1) + " is " + Characters.shown(c));
        }
    }

    private static void checkSegment(String value, String segment) {
        if (segment.isEmpty()) {
            throw refused(value, "it has an empty segment");
        }
        if (segment.length() > MAX_SEGMENT) {
            throw refused(value, "a segment has " + segment.length() + " characters, at most " + MAX_SEGMENT);
        }
        if (segment.equals("..")) {
            throw refused(value, "it contains '..'");
        }
        char first = segment.charAt(0);
        char last = segment.charAt(segment.length() - 1);
        if (first == '.' || first == ' ') {
            throw refused(value, "the segment '" + segment + "' starts with a dot or a space");
        }
        if (last == '.' || last == ' ') {
            throw refused(value, "the segment '" + segment + "' ends with a dot or a space");
        }
        if (Characters.isWindowsDevice(segment)) {
            throw refused(value, "the segment '" + segment + "' is a device on Windows, where it cannot be a file");
        }
    }

    private static InvalidValueException refused(String value, String why) {
        return new InvalidValueException(THING, value, why, EXPECTED);
    }
}
