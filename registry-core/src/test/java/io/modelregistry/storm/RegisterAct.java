package io.modelregistry.storm;

import java.util.Optional;

/**
 * A call on one cell: an object of a store, an alias.
 *
 * @param verb what is asked
 * @param expected the content that is expected; empty unless asked for
 * @param value the content that is written or was read; empty for none
 * @param answer what was answered
 */
record RegisterAct(Verb verb, String expected, String value, Answer answer) implements HistoryRecorder.Act {
    /** What is asked of a cell. */
    enum Verb {
        /** What is in it. */
        READ,
        /** Whether anything is in it: the value says so. */
        EXISTS,
        /** Fill it if it is empty. */
        CREATE,
        /** Replace what is expected. */
        REPLACE,
        /** Fill it. */
        PUT,
        /** Empty it. */
        DELETE,
        /** Empty it unless it is empty, which is an error. */
        TAKE
    }

    /** How a call ended. */
    enum Answer {
        /** As asked. */
        DONE,
        /** The state did not allow it. */
        REFUSED,
        /** Nobody knows. */
        UNKNOWN
    }

    @Override
    public boolean isAnswered() {
        return answer != Answer.UNKNOWN;
    }

    /** One cell; the empty text is an empty cell. */
    static final class Cell implements SequentialObject<String, RegisterAct> {
        private final String initial;

        Cell(String initial) {
            this.initial = initial;
        }

        @Override
        public String initial() {
            return initial;
        }

        @Override
        public Optional<String> after(String state, RegisterAct act) {
            boolean isPossible = switch (act.verb) {
                case CREATE -> state.isEmpty();
                case REPLACE -> state.equals(act.expected) && !state.isEmpty();
                case TAKE -> !state.isEmpty();
                case READ, EXISTS, PUT, DELETE -> true;
            };
            return switch (act.answer) {
                case REFUSED -> isPossible ? Optional.empty() : Optional.of(state);
                case UNKNOWN -> Optional.of(isPossible ? effect(state, act) : state);
                case DONE -> isPossible && isTrue(state, act) ? Optional.of(effect(state, act)) : Optional.empty();
            };
        }

        private static boolean isTrue(String state, RegisterAct act) {
            return switch (act.verb) {
                case READ -> act.value.equals(state);
                case EXISTS -> act.value.isEmpty() == state.isEmpty();
                default -> true;
            };
        }

        private static String effect(String state, RegisterAct act) {
            return switch (act.verb) {
                case READ, EXISTS -> state;
                case CREATE, REPLACE, PUT -> act.value;
                case DELETE, TAKE -> "";
            };
        }
    }
}
