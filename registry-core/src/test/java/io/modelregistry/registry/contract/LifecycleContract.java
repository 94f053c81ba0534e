package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.IllegalTransitionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.RetiredModelException;
import io.modelregistry.registry.StaleRevisionException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the simple lifecycle, rollback and retirement promise. */
abstract class LifecycleContract extends RegistrySubject {
    private static final List<Stage> STAGES = List.of(Stage.NONE, Stage.STAGING, Stage.PRODUCTION, Stage.ARCHIVED);

    private static final Map<Stage, Set<Stage>> EDGES = Map.of(
            Stage.NONE, Set.of(Stage.STAGING, Stage.PRODUCTION, Stage.ARCHIVED),
            Stage.STAGING, Set.of(Stage.PRODUCTION, Stage.NONE, Stage.ARCHIVED),
            Stage.PRODUCTION, Set.of(Stage.ARCHIVED),
            Stage.ARCHIVED, Set.of(Stage.NONE));

    @Test
    void everyEdgeIsAMoveAndEveryOtherPairIsRefused() {
        for (Stage from : STAGES) {
            for (Stage to : STAGES) {
                String ref = register("iris", from + " to " + to).ref().toString();
                if (!from.equals(Stage.NONE)) {
                    registry.promote(ref, from);
                }
                long revision = registry.getModel("iris").revision();
                if (from.equals(to)) {
                    assertThat(registry.promote(ref, to).stage()).isEqualTo(to);
                    assertThat(registry.getModel("iris").revision()).isEqualTo(revision);
                } else if (EDGES.get(from).contains(to)) {
                    assertThat(registry.promote(ref, to).stage()).isEqualTo(to);
                    assertThat(fresh().resolve(ref).stage()).isEqualTo(to);
                    assertThat(registry.getModel("iris").revision()).isEqualTo(revision + 1);
                } else {
                    assertRefused(
                            () -> registry.promote(ref, to),
                            IllegalTransitionException.class,
                            ErrorCode.ILLEGAL_TRANSITION,
                            "'" + ref + "'",
                            "it is in " + from,
                            "cannot go to " + to,
                            "expected one of");
                }
            }
        }
    }

    @Test
    void promotionArchivesThePreviousProductionVersionInTheSameCommit() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        RegisteredVersion promoted = registry.move(ModelRef.parse("iris:2.0.0"), Stage.PRODUCTION)
                .because("better")
                .commit();
        assertThat(promoted.stage()).isEqualTo(Stage.PRODUCTION);
        assertThat(registry.resolve("iris:1.0.0").stage()).isEqualTo(Stage.ARCHIVED);
        RegistryEvent event = heard.get(heard.size() - 1);
        assertThat(event.reason()).isEqualTo("better");
        assertThat(event.change())
                .isEqualTo(new Change.StagesChanged(List.of(
                        new Change.StageMove(promoted.version(), Stage.NONE, Stage.PRODUCTION),
                        new Change.StageMove(registry.get("iris:1.0.0").version(), Stage.PRODUCTION, Stage.ARCHIVED))));
        assertThat(registry.history("iris").all()).hasSize(4);
    }

    @Test
    void aStageAnswersWithTheVersionThatWasMovedThereLast() {
        for (String version : List.of("1.0.0", "2.0.0", "3.0.0")) {
            register("iris", version, version);
        }
        registry.promote("iris:3.0.0", Stage.STAGING);
        registry.promote("iris:1.0.0", Stage.STAGING);
        assertThat(registry.resolve("iris@staging").version()).hasToString("1.0.0");
        registry.promote("iris:1.0.0", Stage.NONE);
        assertThat(registry.resolve("iris@STAGING").version()).hasToString("3.0.0");
        assertThat(registry.resolve("iris@none").version()).hasToString("1.0.0");
    }

    @Test
    void aStageWithManyVersionsStillKnowsThemAll() {
        for (int i = 1; i <= 40; i++) {
            register("iris", i + ".0.0", "x" + i);
            registry.promote("iris:" + i + ".0.0", Stage.STAGING);
        }
        for (int i = 40; i >= 1; i--) {
            assertThat(fresh().resolve("iris@staging").version()).hasToString(i + ".0.0");
            assertThat(registry.resolve("iris:" + i + ".0.0").stage()).isEqualTo(Stage.STAGING);
            registry.promote("iris@staging", Stage.PRODUCTION);
        }
        assertThat(registry.find(ModelRef.parse("iris@staging"))).isEmpty();
        assertThat(registry.rollbackTargets(name("iris"))).hasSize(39);
    }

    @Test
    void rollbackBringsBackWhatLeftProductionLast() {
        for (String version : List.of("1.0.0", "2.0.0", "3.0.0", "4.0.0")) {
            register("iris", version, version);
        }
        assertRefused(
                () -> registry.rollback("iris", "why"),
                IllegalTransitionException.class,
                ErrorCode.ILLEGAL_TRANSITION,
                "'iris'",
                "no version of it has left production");
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        registry.promote("iris:3.0.0", Stage.PRODUCTION);
        assertThat(targets()).containsExactly("2.0.0", "1.0.0");
        assertThat(registry.rollback("iris", "3 is worse").version()).hasToString("2.0.0");
        assertThat(targets()).containsExactly("3.0.0", "1.0.0");
        assertThat(registry.rollback(ModelRef.parse("iris:1.0.0"), "all worse").stage())
                .isEqualTo(Stage.PRODUCTION);
        assertThat(targets()).containsExactly("2.0.0", "3.0.0");
        RegistryEvent event = heard.get(heard.size() - 1);
        assertThat(event.reason()).isEqualTo("all worse");
        assertThat(event.change())
                .isInstanceOfSatisfying(
                        Change.RolledBack.class,
                        change -> assertThat(change.moves())
                                .extracting(move -> move.version() + " " + move.from() + " " + move.to())
                                .containsExactly("1.0.0 ARCHIVED PRODUCTION", "2.0.0 PRODUCTION ARCHIVED"));
    }

    private List<String> targets() {
        return fresh().rollbackTargets(name("iris")).stream()
                .map(v -> v.version().toString())
                .toList();
    }

    @Test
    void rollbackWorksWhenNothingIsInProduction() {
        register("iris", "1.0.0", "a");
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        registry.promote("iris:1.0.0", Stage.ARCHIVED);
        assertThat(registry.rollback("iris", "needed").version()).hasToString("1.0.0");
        assertThat(registry.resolve("iris@production").version()).hasToString("1.0.0");
    }

    @Test
    void rollbackRefusesWhatWasNeverInProductionIsThereOrLeftTheArchive() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        register("iris", "3.0.0", "c");
        registry.promote("iris:3.0.0", Stage.ARCHIVED);
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        assertRollbackRefused("iris:1.0.0", "it is in PRODUCTION");
        assertRollbackRefused("iris:2.0.0", "it has never been in PRODUCTION");
        assertRollbackRefused("iris:3.0.0", "it has never been in PRODUCTION");
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        registry.promote("iris:1.0.0", Stage.NONE);
        assertRollbackRefused("iris:1.0.0", "it is in NONE");
        assertThat(targets()).isEmpty();
        assertRefused(
                () -> registry.rollback(ModelRef.parse("iris:9.0.0"), "why"),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'iris:9.0.0'");
        assertRefused(
                () -> registry.rollback("rose", "why"), ModelNotFoundException.class, ErrorCode.NOT_FOUND, "'rose'");
    }

    private void assertRollbackRefused(String ref, String why) {
        assertRefused(
                () -> registry.rollback(ModelRef.parse(ref), "why"),
                IllegalTransitionException.class,
                ErrorCode.ILLEGAL_TRANSITION,
                "'" + ref + "'",
                why);
    }

    @Test
    void aReferenceIsResolvedInsideTheCommit() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.aliases("iris").set("champion", "1.0.0");
        var move = registry.move(ModelRef.parse("iris@champion"), Stage.PRODUCTION);
        fresh().aliases("iris").set("champion", "2.0.0");
        assertThat(move.commit().version()).hasToString("2.0.0");
    }

    @Test
    void aMoveForAnotherRevisionIsRefusedAndNamesThePresentOne() {
        register("iris", "1.0.0", "a");
        assertRefused(
                () -> registry.move(ModelRef.parse("iris"), Stage.STAGING)
                        .ifRevision(7)
                        .commit(),
                StaleRevisionException.class,
                ErrorCode.CONFLICT,
                "'iris'",
                "it is at revision 1",
                "expected revision 7");
        assertThat(registry.move(ModelRef.parse("iris"), Stage.STAGING)
                        .ifRevision(1)
                        .commit()
                        .revision())
                .isEqualTo(2);
    }

    @Test
    void aStageOfNoPolicyIsRefused() {
        register("iris", "1.0.0", "a");
        assertRefused(
                () -> registry.promote("iris", new Stage("APPROVED_PROD")),
                IllegalTransitionException.class,
                ErrorCode.ILLEGAL_TRANSITION,
                "'iris'",
                "has no stage APPROVED_PROD",
                "[NONE, STAGING, PRODUCTION, ARCHIVED]");
        assertRefused(
                () -> registry.promote("iris", new Stage("live")),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "stage 'live'");
    }

    @Test
    void aRetiredModelOnlyAnswers() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        registry.aliases("iris").set("champion", "1.0.0");
        registry.edit("iris").retire("replaced");
        long revision = registry.getModel("iris").revision();
        assertThat(registry.edit("iris").retire("again").revision()).isEqualTo(revision);
        assertRetired(() -> register("iris", "c"));
        assertRetired(() -> registry.upload(registration("iris", "c")));
        assertRetired(() -> registry.promote("iris:2.0.0", Stage.ARCHIVED));
        assertRetired(() -> registry.rollback("iris", "why"));
        assertRetired(() -> registry.aliases("iris").set("champion", "2.0.0"));
        assertThat(fresh().get("iris@production").version()).hasToString("2.0.0");
        assertThat(fresh().get("iris@champion").version()).hasToString("1.0.0");
        registry.edit("iris").restore("needed");
        assertThat(register("iris", "c").version()).hasToString("2.0.1");
        assertThat(registry.rollback("iris", "why").version()).hasToString("1.0.0");
        List<String> reasons = registry.history("iris").all().stream()
                .map(RegistryEvent::reason)
                .filter(reason -> !reason.isEmpty())
                .toList();
        assertThat(reasons).containsExactly("replaced", "needed", "why");
    }

    private void assertRetired(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertRefused(call, RetiredModelException.class, ErrorCode.ILLEGAL_TRANSITION, "'iris'", "restore it first");
    }

    @Test
    void noVersionIsEverGone() {
        for (int i = 0; i < 5; i++) {
            register("iris", "x" + i);
            registry.promote("iris#" + (i + 1), Stage.PRODUCTION);
        }
        registry.promote("iris:1.0.0", Stage.NONE);
        registry.edit("iris").retire("over");
        assertThat(new TreeSet<>(versionsOf(fresh(), "iris")))
                .containsExactly("1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4");
    }
}
