package io.modelregistry.storm;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StaleRevisionException;
import io.modelregistry.storm.Deed.Certainty;
import io.modelregistry.storm.Deed.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What one thread of a storm does: registers, promotes, moves its alias and counts, in a model that all share. */
final class StormWork {
    /** The counter that is raised whatever the revision. */
    static final String FREE = "free";

    /** The counter that is read first, and raised if the model is still at that revision. */
    static final String GUARDED = "guarded";

    private static final int TRIES = 50;

    private final ModelRegistry registry;
    private final Plan plan;
    private final Consumer<Deed> told;
    private final Random random;
    private final Map<String, String> newest = new HashMap<>();
    private final Map<String, String> unpromoted = new HashMap<>();
    private final Map<String, String> aliased = new HashMap<>();
    private int number;
    private int done;

    /**
     * What is to be done.
     *
     * @param name tells the thread from all others that ever work on the store
     * @param commits after so many the work is over
     * @param models how many models there are
     */
    record Plan(String name, int commits, int models, long seed) {}

    /**
     * Work for one thread.
     *
     * @param told hears of each change after it was acknowledged
     */
    StormWork(ModelRegistry registry, Plan plan, Consumer<Deed> told) {
        this.registry = registry;
        this.plan = plan;
        this.told = told;
        this.random = new Random(plan.seed ^ plan.name.hashCode());
    }

    void run() {
        while (done < plan.commits) {
            String model = "storm/m" + random.nextInt(plan.models);
            switch (newest.containsKey(model) ? random.nextInt(10) : 0) {
                case 0, 1, 2 -> register(model);
                case 3, 4 -> promote(model);
                case 5, 6 -> alias(model);
                case 7 -> countGuarded(model);
                default -> count(model);
            }
        }
    }

    private interface Step {
        void run();
    }

    /** Others may win for so long that a call gives up: then it has done nothing. */
    private void attempt(Deed deed, Step step) {
        try {
            step.run();
            told.accept(deed);
            done++;
        } catch (OutcomeUnknownException e) {
            told.accept(new Deed(deed.kind(), Certainty.UNKNOWN, deed.model(), deed.what(), deed.value()));
            done++;
        } catch (CommitConflictException e) {
            number++; // The next attempt is another one.
        }
    }

    private String fresh(String what) {
        return plan.name + "-" + what + "-" + number++;
    }

    private void register(String model) {
        String content = fresh("content");
        Registration registration = Registration.of(model)
                .file("model.bin", content.getBytes(StandardCharsets.UTF_8))
                .because(content)
                .build();
        try {
            RegisteredVersion version = registry.register(registration);
            String is = version.version().toString();
            told.accept(new Deed(Kind.REGISTERED, Certainty.DONE, model, is, content));
            newest.put(model, is);
            unpromoted.put(model, is);
        } catch (OutcomeUnknownException e) {
            told.accept(new Deed(Kind.REGISTERED, Certainty.UNKNOWN, model, "", content));
        }
        done++;
    }

    private void promote(String model) {
        String version = unpromoted.remove(model);
        if (version != null) {
            String reason = fresh("promotion");
            attempt(
                    new Deed(Kind.PROMOTED, Certainty.DONE, model, version, reason),
                    () -> registry.move(ModelRef.parse(model + ":" + version), Stage.PRODUCTION)
                            .because(reason)
                            .commit());
        }
    }

    private void alias(String model) {
        String version = newest.get(model);
        if (version != null && !version.equals(aliased.put(model, version))) {
            String alias = "of-" + plan.name;
            attempt(
                    new Deed(Kind.ALIASED, Certainty.DONE, model, alias, version),
                    () -> registry.aliases(model).set(alias, version));
        }
    }

    private void count(String model) {
        attempt(
                new Deed(Kind.COUNTED, Certainty.DONE, model, FREE, ""),
                () -> registry.edit(model).facts(ExpectedRevision.any(), facts -> raised(facts, FREE)));
    }

    /** What was read decides what is written, so another change in between must be noticed. */
    private void countGuarded(String model) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            RegisteredModel read = registry.getModel(model);
            ModelFacts next = raised(read.facts(), GUARDED);
            try {
                attempt(
                        new Deed(Kind.COUNTED, Certainty.DONE, model, GUARDED, ""),
                        () -> registry.edit(model).facts(ExpectedRevision.of(read.revision()), facts -> next));
                return;
            } catch (StaleRevisionException e) {
                number++; // Somebody else was faster; read again.
            }
        }
    }

    private static ModelFacts raised(ModelFacts facts, String counter) {
        Map<String, FieldValue> fields = new TreeMap<>(facts.fields());
        fields.put(counter, FieldValue.of(count(facts, counter) + 1));
        return facts.withFields(fields);
    }

    /** The value of a counter. */
    static long count(ModelFacts facts, String counter) {
        return facts.fields().get(counter) instanceof FieldValue.Numeric number
                ? number.value().longValueExact()
                : 0;
    }
}
