package io.modelregistry.storm;

import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.storm.RegisterAct.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A call on the stages of a model.
 *
 * @param version what is moved; or what was found in production, empty for none
 * @param to where it is moved; empty when it is asked which version is in production
 * @param answer what was answered
 */
record StageAct(String version, Optional<Stage> to, Answer answer) implements HistoryRecorder.Act {
    @Override
    public boolean isAnswered() {
        return answer != Answer.UNKNOWN;
    }

    /** The stages of versions that begin in none, by the simple policy. */
    static final class Stages implements SequentialObject<Map<String, Stage>, StageAct> {
        private static final LifecyclePolicy POLICY = LifecyclePolicy.SIMPLE;

        @Override
        public Map<String, Stage> initial() {
            return Map.of();
        }

        @Override
        public Optional<Map<String, Stage>> after(Map<String, Stage> state, StageAct act) {
            if (act.to.isEmpty()) {
                return holder(state).orElse("").equals(act.version) ? Optional.of(state) : Optional.empty();
            }
            Stage from = state.getOrDefault(act.version, POLICY.initial());
            Stage to = act.to.get();
            boolean isPossible = from.equals(to) || POLICY.allows(from, to);
            return switch (act.answer) {
                case REFUSED -> isPossible ? Optional.empty() : Optional.of(state);
                case UNKNOWN -> Optional.of(isPossible ? moved(state, act.version, to) : state);
                case DONE -> isPossible ? Optional.of(moved(state, act.version, to)) : Optional.empty();
            };
        }

        private static Optional<String> holder(Map<String, Stage> state) {
            return state.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(Stage.PRODUCTION))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        private static Map<String, Stage> moved(Map<String, Stage> state, String version, Stage to) {
            Map<String, Stage> after = new TreeMap<>(state);
            Optional<Stage> displaced = POLICY.displacedTo(to);
            if (displaced.isPresent()) {
                after.replaceAll((other, stage) -> stage.equals(to) ? displaced.get() : stage);
            }
            after.put(version, to);
            return after;
        }
    }
}
