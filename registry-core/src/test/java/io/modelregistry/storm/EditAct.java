package io.modelregistry.storm;

import io.modelregistry.storm.RegisterAct.Answer;
import java.util.Optional;

/**
 * A call on the description of a model.
 *
 * @param isEdit whether it is edited, or read
 * @param revision the revision that is expected, or was read
 * @param text what is written, or was read
 * @param answer what was answered
 */
record EditAct(boolean isEdit, long revision, String text, Answer answer) implements HistoryRecorder.Act {
    @Override
    public boolean isAnswered() {
        return answer != Answer.UNKNOWN;
    }

    /** A description and how often it was changed. */
    record Described(long revision, String text) {}

    /** A description that is only edited on the revision that the editor knows. */
    static final class Description implements SequentialObject<Described, EditAct> {
        private final long revision;

        /** An empty description at a revision. */
        Description(long revision) {
            this.revision = revision;
        }

        @Override
        public Described initial() {
            return new Described(revision, "");
        }

        @Override
        public Optional<Described> after(Described state, EditAct act) {
            boolean isCurrent = act.revision == state.revision;
            if (!act.isEdit) {
                return isCurrent && act.text.equals(state.text) ? Optional.of(state) : Optional.empty();
            }
            return switch (act.answer) {
                case REFUSED -> isCurrent ? Optional.empty() : Optional.of(state);
                case UNKNOWN -> Optional.of(isCurrent ? edited(state, act) : state);
                case DONE -> isCurrent ? Optional.of(edited(state, act)) : Optional.empty();
            };
        }

        private static Described edited(Described state, EditAct act) {
            return act.text.equals(state.text) ? state : new Described(state.revision + 1, act.text);
        }
    }
}
