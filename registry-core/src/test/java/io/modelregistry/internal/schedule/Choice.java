package io.modelregistry.internal.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * What happens next in an interleaving.
 *
 * @param kind what
 * @param index of the client whose call it is; of the copy for an arrival
 */
public record Choice(Kind kind, int index) {
    /** What may happen to a call of the store. */
    public enum Kind {
        /** The call takes place and is answered. */
        STEP("", false, false),
        /** The write takes place, but the reply is lost. */
        LOST_APPLIED("+", true, false),
        /** The write gets lost on its way, and so there is no reply. */
        LOST_DROPPED("-", true, false),
        /** No reply; the write is still on its way and may take place at any later time. */
        LOST_LATE("~", false, true),
        /** The write takes place, the reply is lost, and a copy is still on its way. */
        LOST_REPEATED("*", false, true),
        /** The call takes place and is answered, and a copy of it is still on its way. */
        REPEATED("=", false, true),
        /** The call fails, and has no effect. */
        FAIL("x", false, false),
        /** The client ends before the call. */
        CRASH("!", false, false),
        /** A copy arrives that was on its way. */
        ARRIVE(">", false, false);

        private final String mark;
        private final boolean loss;
        private final boolean copy;

        Kind(String mark, boolean loss, boolean copy) {
            this.mark = mark;
            this.loss = loss;
            this.copy = copy;
        }

        /** Whether it is a lost reply and nothing else. */
        boolean isLoss() {
            return loss;
        }

        /** Whether a copy stays on its way. */
        boolean leavesCopy() {
            return copy;
        }

        /** Whether the client is left without an answer. */
        boolean isUnanswered() {
            return this == LOST_APPLIED || this == LOST_DROPPED || this == LOST_LATE || this == LOST_REPEATED;
        }

        /** Whether the write takes place now. */
        boolean isApplied() {
            return this == STEP || this == LOST_APPLIED || this == LOST_REPEATED || this == REPEATED;
        }
    }

    /** A call of a client that takes place. */
    static Choice step(int client) {
        return new Choice(Kind.STEP, client);
    }

    /** Whether it lets a client go on, without any fault. */
    public boolean isStep() {
        return kind == Kind.STEP;
    }

    @Override
    public String toString() {
        return kind == Kind.ARRIVE ? kind.mark + index : index + kind.mark;
    }

    /** The choices that a text names, as {@link #toString} writes them, with spaces between. */
    public static List<Choice> parse(String text) {
        List<Choice> choices = new ArrayList<>();
        for (String word : text.isBlank() ? new String[0] : text.strip().split("\\s+")) {
            choices.add(one(word));
        }
        return choices;
    }

    private static Choice one(String word) {
        for (Kind kind : Kind.values()) {
            boolean marked = kind == Kind.ARRIVE
                    ? word.startsWith(kind.mark)
                    : !word.startsWith(Kind.ARRIVE.mark)
                            && word.replaceAll("\\d", "").equals(kind.mark);
            if (marked) {
                return new Choice(kind, Integer.parseInt(word.replaceAll("\\D", "")));
            }
        }
        throw new IllegalArgumentException("'" + word + "' is no choice");
    }
}
