package io.modelregistry.storm;

/** A promise that did not hold; the message says how to come to the same case again. */
public final class StormFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    /**
     * A promise that did not hold.
     *
     * @param where storm, store, seed and case
     * @param what what was seen, and what was expected
     */
    public StormFailure(String where, String what) {
        super(where + ": " + what);
    }

    /** The same with what led to it. */
    public StormFailure(String where, Throwable cause) {
        super(where + ": " + cause, cause);
    }
}
