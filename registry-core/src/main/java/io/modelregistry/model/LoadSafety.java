package io.modelregistry.model;

/** What loading the files with the framework they are made for lets them do. */
public enum LoadSafety {
    /**
     * The format holds data, and graphs of the engine's own operators; loading it creates nothing that the file
     * chooses.
     */
    DATA_ONLY,
    /**
     * Loading it runs code that the file names or brings along, with the rights of the process. This library stores and
     * labels such files and never deserialises them.
     */
    EXECUTES_CODE,
    /** Nobody can say: the format was not recognised, or a part of it that decides was not visible. */
    UNKNOWN;

    /** The more dangerous of the two: code before unknown before data. */
    public LoadSafety worse(LoadSafety other) {
        if (this == EXECUTES_CODE || other == EXECUTES_CODE) {
            return EXECUTES_CODE;
        }
        return this == UNKNOWN ? this : other;
    }
}
