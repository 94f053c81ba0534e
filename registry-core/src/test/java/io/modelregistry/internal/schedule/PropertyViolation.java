package io.modelregistry.internal.schedule;

/**
 * Something happened that the protocol promises will not; an error, so that no code under test takes it for its own.
 */
public final class PropertyViolation extends Error {
    private static final long serialVersionUID = 1L;

    private final String property;

    /** A violation of a property, which has a short name. */
    public PropertyViolation(String property, String what) {
        super(property + ": " + what);
        this.property = property;
    }

    /** The name of the property. */
    public String property() {
        return property;
    }
}
