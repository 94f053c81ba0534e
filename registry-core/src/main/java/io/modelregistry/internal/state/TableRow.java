package io.modelregistry.internal.state;

/**
 * A version in the table.
 *
 * @param row what never changes of it
 * @param state what may change; in a page as it was when the page was written
 */
public record TableRow(VersionRow row, VersionState state) {
    /** The same in another state. */
    public TableRow with(VersionState other) {
        return new TableRow(row, other);
    }
}
