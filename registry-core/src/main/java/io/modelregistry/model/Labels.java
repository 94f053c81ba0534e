package io.modelregistry.model;

import java.util.Set;

/** The grammar that aliases and stage names share, so that {@code name@label} can mean either. */
final class Labels {
    static final int MAX_LENGTH = 128;

    private static final String EXPECTED = "a letter, then letters, digits, '-', '_' or '.'";
    private static final Set<String> STAGES = Set.of(
            "none",
            "staging",
            "production",
            "archived",
            "draft",
            "submitted",
            "changes_requested",
            "approved_staging",
            "approved_prod",
            "deprecated",
            "retired");

    private Labels() {}

    static void check(String thing, String label) {
        if (label.isEmpty()) {
            throw refused(thing, label, "it is empty");
        }
        if (label.length() > MAX_LENGTH) {
            throw refused(thing, label, "it has " + label.length() + " characters, at most " + MAX_LENGTH);
        }
        if (!Characters.isLetter(label.charAt(0))) {
            throw refused(
                    thing,
                    label,
                    "it starts with " + Characters.shown(label.charAt(0))
                            + " and not with a letter, which keeps labels apart from versions");
        }
        for (int i = 1; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!Characters.isLetter(c) && !Characters.isDigit(c) && c != '-' && c != '_' && c != '.') {
                throw refused(thing, label, "character " + (i + 1) + " is " + Characters.shown(c));
            }
        }
        if (label.equalsIgnoreCase("latest")) {
            throw refused(thing, label, "the newest release is the model's name alone");
        }
        if (isVersionLike(label)) {
            throw refused(thing, label, "it reads like a version");
        }
    }

    /** Whether it is a stage of the two presets; those names are never aliases, whichever preset is in use. */
    static boolean isPresetStage(String label) {
        return STAGES.contains(Characters.fold(label));
    }

    private static boolean isVersionLike(String label) {
        char first = label.charAt(0);
        return (first == 'v' || first == 'V') && label.length() > 1 && Characters.isDigit(label.charAt(1));
    }

    private static InvalidValueException refused(String thing, String label, String why) {
        return new InvalidValueException(thing, label, why, EXPECTED);
    }
}
