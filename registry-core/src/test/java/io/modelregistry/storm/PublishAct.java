package io.modelregistry.storm;

import io.modelregistry.storm.RegisterAct.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A call on the versions of a model that get the next free number.
 *
 * @param verb what is asked
 * @param content what was registered, unlike what any other call registers; empty for other verbs
 * @param versions the version that was registered, the newest one, or all of them; each by its last number
 * @param answer what was answered
 */
record PublishAct(Verb verb, String content, SortedSet<Integer> versions, Answer answer)
        implements HistoryRecorder.Act {
    /** What is asked of the versions. */
    enum Verb {
        /** Register the next one. */
        REGISTER,
        /** Which one is the newest. */
        NEWEST,
        /** Which ones there are. */
        LIST
    }

    @Override
    public boolean isAnswered() {
        return answer != Answer.UNKNOWN;
    }

    /**
     * The same, where a registration without an answer has the version that was found in the end to hold its content.
     */
    PublishAct resolved(Map<String, Integer> versionsByContent) {
        Integer found = versionsByContent.get(content);
        if (answer != Answer.UNKNOWN || found == null) {
            return this;
        }
        return new PublishAct(verb, content, new TreeSet<>(Set.of(found)), answer);
    }

    /** A growing set of versions; which number is free next is not told, as claims that were given up use some. */
    static final class Versions implements SequentialObject<SortedSet<Integer>, PublishAct> {
        @Override
        public SortedSet<Integer> initial() {
            return new TreeSet<>();
        }

        @Override
        public Optional<SortedSet<Integer>> after(SortedSet<Integer> state, PublishAct act) {
            return switch (act.verb) {
                case REGISTER -> {
                    SortedSet<Integer> after = new TreeSet<>(state);
                    boolean isNew = after.addAll(act.versions);
                    yield isNew || act.answer == Answer.UNKNOWN ? Optional.of(after) : Optional.empty();
                }
                case NEWEST -> {
                    boolean isNewest = state.isEmpty()
                            ? act.versions.isEmpty()
                            : act.versions.size() == 1 && act.versions.contains(state.last());
                    yield isNewest ? Optional.of(state) : Optional.empty();
                }
                case LIST -> act.versions.equals(state) ? Optional.of(state) : Optional.empty();
            };
        }
    }
}
