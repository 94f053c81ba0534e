package io.modelregistry.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One step of a sequence.
 *
 * @param client which of the clients makes it
 * @param verb what is done
 * @param model to which model
 * @param first the first argument; what it is depends on the verb
 * @param second the second argument
 */
record ModelStep(int client, Verb verb, String model, String first, String second) {
    /** How many clients there are. */
    static final int CLIENTS = 2;

    private static final List<String> MODELS = List.of("iris", "iris", "iris", "nlp/rose");
    private static final List<String> VERSIONS =
            List.of("1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.0-rc.1", "0.1.0", "patch", "patch", "minor", "major");
    private static final List<String> SELECTORS = List.of(
            "",
            ":1.0.0",
            ":1.0.1",
            ":2.0.0",
            ":2.0.0-rc.1",
            "#1",
            "#2",
            "#3",
            "#9",
            "@champion",
            "@shadow",
            "@production",
            "@STAGING",
            "@archived",
            "@none",
            ":^1.0",
            ":>=1.0.1",
            ":~0.1");
    private static final List<String> STAGES =
            List.of("STAGING", "PRODUCTION", "PRODUCTION", "ARCHIVED", "NONE", "GONE");
    private static final List<String> LABELS = List.of("champion", "shadow");
    private static final List<String> EXPECTATIONS = List.of("any", "current", "stale");
    private static final List<String> CONTENTS = List.of("a", "bb", "ccc");

    /** What may be done, as often as it stands here. */
    enum Verb {
        /** Registers a version, which is named or the next one, with a content. */
        REGISTER(9),
        /** Claims a version and gives up. */
        ABANDON(1),
        /** Moves what a selector leads to into a stage. */
        PROMOTE(8),
        /** Rolls back to what a selector leads to, or to whatever left production last. */
        ROLLBACK(3),
        /** Sets a label to what a selector leads to. */
        SET_ALIAS(4),
        /** Removes a label. */
        REMOVE_ALIAS(2),
        /** Describes the model, expecting a revision. */
        DESCRIBE(3),
        /** Notes something on a version. */
        NOTE(3),
        /** Attaches a content to a version. */
        ATTACH(3),
        /** Takes the model out of use. */
        RETIRE(1),
        /** Takes it back. */
        RESTORE(2),
        /** Asks where a selector leads. */
        RESOLVE(4),
        /** Reads all of a version. */
        READ(3),
        /** Asks for the facts of the model. */
        MODEL(2),
        /** Lists versions. */
        VERSIONS(2),
        /** Lists events. */
        HISTORY(1),
        /** Lists rollback targets. */
        TARGETS(1),
        /** Collects garbage. */
        COLLECT(1),
        /** Closes the registry of the client and opens it again. */
        REOPEN(1);

        private final int weight;

        Verb(int weight) {
            this.weight = weight;
        }
    }

    /** A sequence; the same for the same seed. */
    static List<ModelStep> sequence(long seed, int length) {
        Random random = new Random(seed);
        List<Verb> verbs = new ArrayList<>();
        for (Verb verb : Verb.values()) {
            for (int i = 0; i < verb.weight; i++) {
                verbs.add(verb);
            }
        }
        List<ModelStep> steps = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            Verb verb = one(verbs, random);
            steps.add(new ModelStep(
                    random.nextInt(CLIENTS), verb, one(MODELS, random), first(verb, random), second(verb, random)));
        }
        return steps;
    }

    private static <T> T one(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String first(Verb verb, Random random) {
        return switch (verb) {
            case REGISTER, ABANDON -> one(VERSIONS, random);
            case PROMOTE, NOTE, ATTACH, RESOLVE, READ, ROLLBACK -> one(SELECTORS, random);
            case SET_ALIAS, REMOVE_ALIAS -> one(LABELS, random);
            case DESCRIBE -> one(EXPECTATIONS, random);
            case RETIRE, RESTORE, MODEL, VERSIONS, HISTORY, TARGETS, COLLECT, REOPEN -> "";
        };
    }

    private static String second(Verb verb, Random random) {
        return switch (verb) {
            case REGISTER, ATTACH, NOTE, DESCRIBE -> one(CONTENTS, random);
            case PROMOTE -> one(STAGES, random);
            case SET_ALIAS -> one(SELECTORS, random);
            default -> "";
        };
    }

    @Override
    public String toString() {
        return ("client " + client + ": " + verb + " " + model + " " + first + " " + second).strip();
    }
}
