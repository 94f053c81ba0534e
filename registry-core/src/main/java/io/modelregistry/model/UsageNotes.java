package io.modelregistry.model;

/**
 * What a version is meant for, in the words of its authors. Empty where nothing was said.
 *
 * @param intendedUse what it is for, and for whom
 * @param limitations where it is known to fail
 * @param ethicalConsiderations what its users should weigh
 */
public record UsageNotes(String intendedUse, String limitations, String ethicalConsiderations) {
    /** Nothing was said. */
    public static final UsageNotes EMPTY = new UsageNotes("", "", "");

    /** Bounds the texts. */
    public UsageNotes {
        Texts.bounded("intended use", intendedUse, Texts.MAX_TEXT);
        Texts.bounded("limitations", limitations, Texts.MAX_TEXT);
        Texts.bounded("ethical considerations", ethicalConsiderations, Texts.MAX_TEXT);
    }
}
