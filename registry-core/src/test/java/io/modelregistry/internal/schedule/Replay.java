package io.modelregistry.internal.schedule;

import java.util.List;

/** Repeats an interleaving. */
public final class Replay implements Chooser {
    private final List<Choice> schedule;
    private int next;

    /** A repetition of these choices. */
    public Replay(List<Choice> schedule) {
        this.schedule = List.copyOf(schedule);
    }

    /** A repetition of a schedule that was printed. */
    public static Replay of(String schedule) {
        return new Replay(Choice.parse(schedule));
    }

    @Override
    public void begin() {
        next = 0;
    }

    @Override
    public int choose(List<Choice> enabled, int last) {
        if (next == schedule.size()) {
            return 0;
        }
        Choice wanted = schedule.get(next++);
        int place = enabled.indexOf(wanted);
        if (place < 0) {
            throw new IllegalStateException(
                    "Cannot repeat choice " + next + " '" + wanted + "': expected one of " + enabled);
        }
        return place;
    }
}
