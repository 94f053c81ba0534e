package io.modelregistry.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name of a model inside its group: {@code nlp/sentiment}, or {@code sentiment} in the group
 * {@value #DEFAULT_GROUP}.
 *
 * <ul>
 *   <li>Group and name are each a letter, then letters, digits, {@code -}, {@code _} and {@code .}; never {@code ..},
 *       not ending in a dot; at most {@value #MAX_PART_LENGTH} characters; no Windows device name such as {@code CON}
 *       or {@code nul.onnx}.
 *   <li>The first letter keeps the folders of models apart from those of versions, which start with a digit.
 *   <li>Names that differ only by case are the same name: {@link #equals}, {@link #hashCode} and {@link #compareTo}
 *       look at the {@link #folded()} form, while {@link #toString()} keeps the spelling.
 * </ul>
 */
public final class ModelName implements Comparable<ModelName> {
    /** The group of a name that is written without one. */
    public static final String DEFAULT_GROUP = "default";

    /** The most characters of a group, and of a name. */
    public static final int MAX_PART_LENGTH = 128;

    private static final String THING = "model name";
    private static final String EXPECTED =
            "a letter, then letters, digits, '-', '_' or '.', optionally behind 'group/'";

    private final String group;
    private final String name;
    private final String folded;
    private final String keyPath;

    private ModelName(String group, String name) {
        this.name = name;
        String foldedGroup = Characters.fold(group);
        this.group = foldedGroup.equals(DEFAULT_GROUP) ? DEFAULT_GROUP : group;
        String foldedName = Characters.fold(name);
        this.folded = foldedGroup + "/" + foldedName;
        this.keyPath = isInDefaultGroup() ? foldedName : folded;
    }

    /**
     * The name in this group.
     *
     * @throws InvalidValueException naming the rule that the group or the name breaks
     */
    public static ModelName of(String group, String name) {
        check(group, "the group", group);
        check(name, "the name", name);
        return new ModelName(group, name);
    }

    /**
     * Reads {@code group/name}, or {@code name} for the group {@value #DEFAULT_GROUP}.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public static ModelName parse(String text) {
        Objects.requireNonNull(text, "text");
        int longest = 2 * MAX_PART_LENGTH + 1;
        if (text.length() > longest) {
            throw refused(text, "it has " + text.length() + " characters, at most " + longest);
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            check(text, "the name", text);
            return new ModelName(DEFAULT_GROUP, text);
        }
        if (text.indexOf('/', slash + 1) >= 0) {
            throw refused(text, "it has more than one '/', and groups do not nest");
        }
        String group = text.substring(0, slash);
        String name = text.substring(slash + 1);
        check(text, "the group", group);
        check(text, "the name", name);
        return new ModelName(group, name);
    }

    /** The group as it was written; {@value #DEFAULT_GROUP}, in lower case, when there is none. */
    public String group() {
        return group;
    }

    /** The name without its group, as it was written. */
    public String name() {
        return name;
    }

    /** {@code group/name} in lower case, the group always included: equal for names that are the same name. */
    public String folded() {
        return folded;
    }

    /** Whether the name stands in the group {@value #DEFAULT_GROUP}, which is not printed. */
    public boolean isInDefaultGroup() {
        return group.equals(DEFAULT_GROUP);
    }

    /** The folder of the model below {@code models/}: lower case, without the default group. */
    public String keyPath() {
        return keyPath;
    }

    /** Orders by the {@link #folded()} form, so that a group's models stand together. */
    @Override
    public int compareTo(ModelName other) {
        return folded.compareTo(other.folded);
    }

    /** Whether the other is the same name, whatever the case of its letters. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelName that && folded.equals(that.folded);
    }

    @Override
    public int hashCode() {
        return folded.hashCode();
    }

    /** The text that {@link #parse} reads, spelled as it was given. */
    @Override
    public String toString() {
        return isInDefaultGroup() ? name : group + "/" + name;
    }

    private static void check(String text, String what, String part) {
        int length = part.length();
        if (length == 0) {
            throw refused(text, what + " is empty");
        }
        if (length > MAX_PART_LENGTH) {
            throw refused(text, what + " has " + length + " characters, at most " + MAX_PART_LENGTH);
        }
        if (!Characters.isLetter(part.charAt(0))) {
            throw refused(
                    text,
                    what + " starts with " + Characters.shown(part.charAt(0))
                            + " and not with a letter, which keeps names apart from version folders");
        }
        for (int i = 1; i < length; i++) {
            char c = part.charAt(i);
            if (c == '.' && part.charAt(i - 1) == '.') {
                throw refused(text, what + " contains '..'");
            }
            if (!Characters.isLetter(c) && !Characters.isDigit(c) && c != '-' && c != '_' && c != '.') {
                throw refused(text, "character " + (i + 1) + " of " + what + " is " + Characters.shown(c));
            }
        }
        if (part.charAt(length - 1) == '.') {
            throw refused(text, what + " ends in a dot");
        }
        if (Characters.isWindowsDevice(part)) {
            throw refused(text, what + " is a device on Windows, where it cannot be a folder");
        }
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException(THING, text, why, EXPECTED);
    }
}
