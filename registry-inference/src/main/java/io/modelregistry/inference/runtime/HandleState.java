package io.modelregistry.inference.runtime;

/** Where a model stands between being asked for and being gone; the states of TensorFlow Serving's loaders. */
public enum HandleState {
    /** Somebody wants it. */
    REQUESTED,
    /** Its files are fetched and its engine reads them. */
    LOADING,
    /** It is checked and computes its first predictions, whose answers nobody gets. */
    WARMING,
    /** It serves. */
    READY,
    /** It takes no new calls; some are still under way. */
    QUIESCING,
    /** No call is under way any more; its memory is about to be given back. */
    DRAINED,
    /** Its memory has been given back. */
    UNLOADED,
    /** It could not be loaded, or a check or warm-up failed. */
    FAILED;

    /** Whether nothing follows. */
    public boolean isFinal() {
        return this == UNLOADED || this == FAILED;
    }

    /** The name in lower case, as status documents and metrics spell it. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
