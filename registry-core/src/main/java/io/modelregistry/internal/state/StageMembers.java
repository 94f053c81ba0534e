package io.modelregistry.internal.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The versions in one stage, the one that was moved there last first. Only the latest are listed, so that the head
 * stays small; when those have all left, the table is searched for the others.
 *
 * @param recent at most {@value #LISTED}
 * @param more whether there are others in the stage
 */
public record StageMembers(List<Pin> recent, boolean more) {
    /** How many are listed. */
    public static final int LISTED = 16;

    /** A stage without versions. */
    public static final StageMembers NOBODY = new StageMembers(List.of(), false);

    /** Copies the list. */
    public StageMembers {
        recent = List.copyOf(recent);
    }

    /**
     * A version in a stage.
     *
     * @param row the version
     * @param since the revision that moved it there
     * @param leftProduction the revision at which it left production last; 0 if it never did
     */
    public record Pin(VersionRow row, long since, long leftProduction) {}

    /** The one that was moved there last. */
    public Optional<VersionRow> latest() {
        return recent.isEmpty() ? Optional.empty() : Optional.of(recent.get(0).row());
    }

    /** These and a version that was just moved there. */
    StageMembers with(VersionRow row, VersionState state) {
        List<Pin> pins = new ArrayList<>();
        pins.add(new Pin(row, state.since(), state.leftProduction()));
        pins.addAll(recent);
        boolean full = pins.size() > LISTED;
        return new StageMembers(full ? pins.subList(0, LISTED) : pins, more || full);
    }

    /** These without a version; the search is asked for the others when none of the listed is left. */
    StageMembers without(VersionRow row, String stage, TableSearch search) {
        List<Pin> pins = new ArrayList<>(recent);
        pins.removeIf(pin -> pin.row().sequence() == row.sequence());
        if (!pins.isEmpty() || !more) {
            return new StageMembers(pins, more);
        }
        List<TableRow> others = new ArrayList<>(search.all());
        others.removeIf(other -> other.row().sequence() == row.sequence()
                || !other.state().stage().name().equals(stage));
        others.sort(Comparator.comparingLong((TableRow other) -> other.state().since())
                .reversed());
        List<Pin> listed = others.stream()
                .limit(LISTED)
                .map(other -> new Pin(
                        other.row(), other.state().since(), other.state().leftProduction()))
                .toList();
        return new StageMembers(listed, others.size() > LISTED);
    }
}
