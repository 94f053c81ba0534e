package io.modelregistry.serialization;

/** How much of a format's structure a {@link Detection} has seen. */
public enum Confidence {
    /** The structure was followed and fits. */
    CERTAIN,
    /** The marks of the format are there, but it was not, or could not be, followed to its end. */
    LIKELY,
    /** Nothing was recognised. */
    NONE
}
