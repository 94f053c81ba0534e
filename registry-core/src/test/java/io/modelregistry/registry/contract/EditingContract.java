package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.event.Change;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RiskTier;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.StaleRevisionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What facts, overlays, aliases and attachments promise. */
abstract class EditingContract extends RegistrySubject {
    @Test
    void factsAreEditedAndAnEditThatChangesNothingCommitsNothing() {
        register("iris", "a");
        RegisteredModel edited = registry.edit("iris")
                .facts(
                        ExpectedRevision.of(1),
                        facts -> facts.withDescription("flowers")
                                .withOwners(List.of(Principal.user("ann@example.org")))
                                .withRisk(RiskTier.HIGH)
                                .withTags(Set.of("b", "a"))
                                .withLinks("https://example.org/doc", "https://example.org/code")
                                .withFields(Map.of("cost", FieldValue.of(1.5))));
        assertThat(edited.revision()).isEqualTo(2);
        assertThat(fresh().getModel("iris")).isEqualTo(edited);
        assertThat(edited.facts().tags()).containsExactly("a", "b");
        assertThat(registry.edit("iris")
                        .facts(ExpectedRevision.any(), facts -> facts)
                        .revision())
                .isEqualTo(2);
        Change change = heard.get(heard.size() - 1).change();
        assertThat(change).isInstanceOfSatisfying(Change.FactsEdited.class, facts -> {
            assertThat(facts.from().description()).isEmpty();
            assertThat(facts.to()).isEqualTo(edited.facts());
        });
    }

    @Test
    void anEditForAnotherRevisionIsRefusedAndNamesThePresentOne() {
        register("iris", "a");
        register("iris", "b");
        StaleRevisionException stale = (StaleRevisionException) assertRefused(
                () -> registry.edit("iris").facts(ExpectedRevision.of(1), facts -> facts.withDescription("x")),
                StaleRevisionException.class,
                ErrorCode.CONFLICT,
                "'iris'",
                "it is at revision 2",
                "expected revision 1");
        assertThat(stale.current()).isEqualTo(2);
        assertThat(stale.expected()).isEqualTo(1);
        assertThat(stale.isRetryable()).isFalse();
        assertRefused(
                () -> registry.edit("iris")
                        .overlay(ModelRef.parse("iris"), ExpectedRevision.of(1), overlay -> overlay.withNotes("x")),
                StaleRevisionException.class,
                ErrorCode.CONFLICT,
                "revision 2");
    }

    @Test
    void ofTwoEditsForOneRevisionOneIsRefused() throws Exception {
        register("iris", "a");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ModelRegistry own = fresh();
                String text = "by " + i;
                results.add(pool.submit(() -> {
                    try {
                        own.edit("iris").facts(ExpectedRevision.of(1), facts -> facts.withDescription(text));
                        return true;
                    } catch (StaleRevisionException e) {
                        return false;
                    }
                }));
            }
            int won = 0;
            for (Future<Boolean> result : results) {
                won += result.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
            assertThat(fresh().getModel("iris").revision()).isEqualTo(2);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void editsThatDoNotConflictAreAllKept() throws Exception {
        register("iris", "a");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<RegisteredModel>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ModelRegistry own = i % 2 == 0 ? registry : fresh();
                String field = "field " + i;
                results.add(pool.submit(
                        () -> own.edit("iris").facts(ExpectedRevision.any(), facts -> with(facts, field))));
            }
            for (Future<RegisteredModel> result : results) {
                result.get();
            }
            assertThat(fresh().getModel("iris").facts().fields()).hasSize(20);
            assertThat(fresh().history("iris").all()).hasSize(21);
        } finally {
            pool.shutdownNow();
        }
    }

    private static ModelFacts with(ModelFacts facts, String field) {
        Map<String, FieldValue> fields = new TreeMap<>(facts.fields());
        fields.put(field, FieldValue.of("x"));
        return facts.withFields(fields);
    }

    @Test
    void anEditThatThrowsChangesNothing() {
        register("iris", "a");
        Snapshot before = Snapshot.of(node);
        assertThatThrownBy(() -> registry.edit("iris").facts(ExpectedRevision.any(), facts -> {
                    throw new IllegalStateException("mine");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
        assertThat(Snapshot.of(node)).isEqualTo(before);
        register("iris", "b");
    }

    @Test
    void anOverlayIsEditedAlsoForAVersionLongAgo() {
        for (int i = 0; i < 70; i++) {
            register("iris", "1.0." + i, "x" + i);
        }
        registry.edit("iris")
                .overlay(
                        ModelRef.parse("iris:1.0.3"),
                        ExpectedRevision.any(),
                        overlay -> overlay.withNotes("noted")
                                .withTags(Set.of("t"))
                                .withFields(Map.of("f", FieldValue.of(1))));
        assertThat(fresh().get("iris:1.0.3").overlay().notes()).isEqualTo("noted");
        assertThat(fresh().get("iris:1.0.4").overlay().isEmpty()).isTrue();
        registry.promote("iris:1.0.3", Stage.STAGING);
        assertThat(fresh().get("iris@staging").overlay().tags()).containsExactly("t");
        assertRefused(
                () -> registry.edit("iris").overlay(ModelRef.parse("rose:1.0.0"), ExpectedRevision.any(), o -> o),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "'rose:1.0.0'",
                "a version of iris");
    }

    @Test
    void aliasesAreSetMovedAndRemoved() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        assertThat(registry.aliases("iris").set("champion", "1.0.0")).hasToString("1.0.0");
        assertThat(registry.aliases("iris").set("champion", "^2")).hasToString("2.0.0");
        long revision = registry.getModel("iris").revision();
        registry.aliases("iris").set("champion", "#2");
        assertThat(registry.getModel("iris").revision()).isEqualTo(revision);
        registry.aliases("iris").set("challenger", "@champion");
        registry.aliases("iris").remove(Alias.of("champion"));
        assertThat(fresh().aliases("iris").all().keySet()).containsExactly(Alias.of("challenger"));
        assertThat(registry.find(ModelRef.parse("iris@champion"))).isEmpty();
        assertRefused(
                () -> registry.aliases("iris").remove(Alias.of("champion")),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "alias 'champion'",
                "'iris'");
        assertRefused(
                () -> registry.aliases("rose").all(), ModelNotFoundException.class, ErrorCode.NOT_FOUND, "'rose'");
    }

    @Test
    void anAliasNeverDangles() {
        register("iris", "1.0.0", "a");
        register("rose", "1.0.0", "a");
        for (String nowhere : List.of("9.9.9", "#7", "@nobody", "^4", "@production")) {
            assertRefused(
                    () -> registry.aliases("iris").set("champion", nowhere),
                    ModelNotFoundException.class,
                    ErrorCode.NOT_FOUND,
                    "iris",
                    nowhere);
        }
        assertRefused(
                () -> registry.aliases("iris").set(Alias.of("champion"), ModelRef.parse("rose:1.0.0")),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "'rose:1.0.0'",
                "a version of iris");
        assertRefused(
                () -> registry.aliases("lily").set("champion", "1.0.0"),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'lily'");
    }

    @Test
    void stageNamesVersionsAndLatestAreNoAliases() {
        register("iris", "1.0.0", "a");
        for (String label : List.of(
                "production",
                "Staging",
                "NONE",
                "archived",
                "draft",
                "latest",
                "LATEST",
                "v2",
                "V1.0",
                "1.0.0",
                "",
                "a b",
                "..",
                "a/b",
                "x".repeat(129),
                "a\u0000")) {
            assertRefused(
                    () -> registry.aliases("iris").set(label, "1.0.0"),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "alias '");
        }
    }

    @Test
    void aliasesThatDifferByCaseOnlyAreRefused() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.aliases("iris").set("Champion", "1.0.0");
        assertRefused(
                () -> registry.aliases("iris").set("champion", "2.0.0"),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "alias 'champion'",
                "'Champion'");
        assertThat(registry.aliases("iris").set("Champion", "2.0.0")).hasToString("2.0.0");
    }

    @Test
    void anAttachmentIsKeptOnceAndReadBackChecked() throws IOException {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        Attachment attached = registry.attachments("iris:1.0.0").add("evaluation", "application/json", bytes("{}"));
        assertThat(attached.by()).isEqualTo(Principal.user(System.getProperty("user.name")));
        assertThat(attached.at()).isEqualTo(clock.instant());
        long revision = registry.getModel("iris").revision();
        assertThat(registry.attachments("iris:1.0.0").add("evaluation", "application/json", bytes("{}")))
                .isEqualTo(attached);
        assertThat(registry.getModel("iris").revision()).isEqualTo(revision);
        Attachment other = registry.attachments("iris:1.0.0").add("scan", "text/plain", bytes(""));
        assertThat(fresh().attachments("iris:1.0.0").all()).containsExactly(attached, other);
        assertThat(fresh().attachments("iris:2.0.0").all()).isEmpty();
        try (var in = fresh().attachments("iris#1").open(attached)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes("{}"));
        }
        assertRefused(
                () -> registry.attachments("iris:2.0.0").open(attached),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'iris:2.0.0'");
    }

    @Test
    void anAttachmentOfAnUnknownKindOrVersionIsRefused() {
        register("iris", "1.0.0", "a");
        for (String kind : List.of("", "Evaluation", "../x", "a/b", "x".repeat(65))) {
            assertRefused(
                    () -> registry.attachments("iris").add(kind, "text/plain", bytes("x")),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "attachment kind");
        }
        assertRefused(
                () -> registry.attachments("iris").add("scan", "text", bytes("x")),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "media type 'text'");
        assertRefused(
                () -> registry.attachments("iris:9.0.0").add("scan", "text/plain", bytes("x")),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'iris:9.0.0'");
        assertRefused(
                () -> registry.attachments("rose").add("scan", "text/plain", bytes("x")),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'rose'");
    }
}
