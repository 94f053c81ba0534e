package io.modelregistry.internal.schedule;

/**
 * How many faults of each kind an interleaving may have.
 *
 * @param crashes clients that end for ever
 * @param losses writes whose reply is lost
 * @param failures calls that fail without an effect
 * @param copies writes and deletes of which a copy stays on its way
 */
public record Faults(int crashes, int losses, int copies, int failures) {
    /** None at all. */
    public static final Faults NONE = new Faults(0, 0, 0, 0);

    /** These and a number of calls that fail. */
    public Faults failing(int calls) {
        return new Faults(crashes, losses, copies, calls);
    }

    /** Whether a choice is within what is left. */
    boolean allow(Choice.Kind kind) {
        if (kind == Choice.Kind.CRASH) {
            return crashes > 0;
        }
        if (kind == Choice.Kind.FAIL) {
            return failures > 0;
        }
        return kind.isLoss() ? losses > 0 : !kind.leavesCopy() || copies > 0;
    }

    /** What is left after a choice. */
    Faults without(Choice.Kind kind) {
        return new Faults(
                crashes - (kind == Choice.Kind.CRASH ? 1 : 0),
                losses - (kind.isLoss() ? 1 : 0),
                copies - (kind.leavesCopy() ? 1 : 0),
                failures - (kind == Choice.Kind.FAIL ? 1 : 0));
    }
}
