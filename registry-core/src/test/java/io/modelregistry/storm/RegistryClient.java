package io.modelregistry.storm;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storm.PublishAct.Verb;
import io.modelregistry.storm.RegisterAct.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/** One client of a registry whose calls are recorded. */
final class RegistryClient {
    private static final List<Stage> STAGES = List.of(Stage.PRODUCTION, Stage.STAGING, Stage.NONE, Stage.ARCHIVED);

    private final ModelRegistry registry;
    private final Random random;
    private final String name;
    private long revision = 1;

    RegistryClient(ModelRegistry registry, Random random, String name) {
        this.registry = registry;
        this.random = random;
        this.name = name;
    }

    /** The last number of a version, which tells it from others here. */
    static int number(ModelVersion version) {
        return Integer.parseInt(version.toString().substring("1.0.".length()));
    }

    /** Makes calls; what fails and has definitely not happened is not recorded. */
    void run(RegistryHistory.Records records, int calls, Runnable afterEach) throws Exception {
        for (int i = 0; i < calls; i++) {
            try {
                call(records, name + "-" + i);
            } catch (RegistryException e) {
                if (e.code() != ErrorCode.STORAGE && !(e instanceof CommitConflictException)) {
                    throw e;
                }
            }
            afterEach.run();
        }
    }

    private void call(RegistryHistory.Records records, String content) throws Exception {
        int choice = random.nextInt(100);
        if (choice < 33) {
            String alias = "alias-" + random.nextInt(2);
            records.aliases().record(alias, () -> alias(Alias.of(alias), choice));
        } else if (choice < 60) {
            records.stages().record("stages", () -> stage(choice < 48));
        } else if (choice < 82) {
            records.edits().record("description", () -> edit(choice < 71));
        } else {
            records.versions().record("versions", () -> version(choice, content));
        }
    }

    private String version() {
        return "1.0." + random.nextInt(RegistryHistory.VERSIONS);
    }

    private RegisterAct alias(Alias alias, int choice) {
        if (choice < 15) {
            String version = version();
            ModelRef target = ModelRef.parse(RegistryHistory.NAMED + ":" + version);
            Answer answer =
                    answered(() -> registry.aliases(RegistryHistory.NAMED).set(alias, target));
            return new RegisterAct(RegisterAct.Verb.PUT, "", version, answer);
        }
        if (choice < 18) {
            Answer answer =
                    answered(() -> registry.aliases(RegistryHistory.NAMED).remove(alias));
            return new RegisterAct(RegisterAct.Verb.TAKE, "", "", answer);
        }
        return new RegisterAct(RegisterAct.Verb.READ, "", resolved("@" + alias), Answer.DONE);
    }

    private String resolved(String selector) {
        return registry.findSummary(ModelRef.parse(RegistryHistory.NAMED + selector))
                .map(found -> found.version().toString())
                .orElse("");
    }

    private StageAct stage(boolean moves) {
        if (!moves) {
            return new StageAct(resolved("@production"), Optional.empty(), Answer.DONE);
        }
        String version = version();
        Stage to = STAGES.get(random.nextInt(STAGES.size()));
        Answer answer = answered(() -> registry.promote(RegistryHistory.NAMED + ":" + version, to));
        return new StageAct(version, Optional.of(to), answer);
    }

    private EditAct edit(boolean edits) {
        if (!edits) {
            RegisteredModel model = registry.getModel(RegistryHistory.DESCRIBED);
            revision = model.revision();
            return new EditAct(false, model.revision(), model.facts().description(), Answer.DONE);
        }
        long expected = revision;
        String text = "text " + random.nextInt(3);
        Answer answer = answered(() -> registry.edit(RegistryHistory.DESCRIBED)
                .facts(ExpectedRevision.of(expected), facts -> facts.withDescription(text)));
        return new EditAct(true, expected, text, answer);
    }

    private PublishAct version(int choice, String content) {
        ModelName model = ModelName.parse(RegistryHistory.GROWING);
        if (choice < 88) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            SortedSet<Integer> registered = new TreeSet<>();
            Answer answer = answered(() -> registered.add(number(registry.register(
                            Registration.of(model.toString()).file("m", bytes).build())
                    .version())));
            return new PublishAct(Verb.REGISTER, Digest.sha256(bytes).hex(), registered, answer);
        }
        Collection<VersionSummary> found = choice < 94
                ? registry.findSummary(ModelRef.newest(model)).stream().toList()
                : registry.versions(model, VersionQuery.all()).items();
        SortedSet<Integer> numbers = new TreeSet<>();
        found.forEach(summary -> numbers.add(number(summary.version())));
        return new PublishAct(choice < 94 ? Verb.NEWEST : Verb.LIST, "", numbers, Answer.DONE);
    }

    /** How a call ended; what failed without an effect is thrown. */
    private static Answer answered(Runnable call) {
        try {
            call.run();
            return Answer.DONE;
        } catch (RegistryException e) {
            return switch (e.code()) {
                case OUTCOME_UNKNOWN -> Answer.UNKNOWN;
                case NOT_FOUND, ILLEGAL_TRANSITION -> Answer.REFUSED;
                case CONFLICT -> {
                    if (e instanceof CommitConflictException) {
                        throw e;
                    }
                    yield Answer.REFUSED;
                }
                default -> throw e;
            };
        }
    }
}
