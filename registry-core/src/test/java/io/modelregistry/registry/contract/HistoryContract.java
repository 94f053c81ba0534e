package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Caller;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.History;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What history, listeners, watches and callers promise. */
abstract class HistoryContract extends RegistrySubject {
    private static final Duration HOUR = Duration.ofHours(1);

    private static List<Long> revisions(List<RegistryEvent> events) {
        return events.stream().map(RegistryEvent::revision).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private void script() {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        registry.aliases("iris").set("champion", "2.0.0");
        registry.edit("iris").facts(ExpectedRevision.any(), facts -> facts.withDescription("flowers"));
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        registry.rollback("iris", "worse");
    }

    @Test
    void hasNoGapAndSaysWhatTheListenersHeard() {
        script();
        assertThat(revisions(fresh().history("iris").all())).isEqualTo(upTo(7));
        assertThat(fresh().history("iris").all()).isEqualTo(heard);
        String id = registry.getModel("iris").id();
        assertThat(heard).allSatisfy(event -> assertThat(event.modelId()).isEqualTo(id));
        assertThat(heard).extracting(RegistryEvent::operation).doesNotHaveDuplicates();
    }

    @Test
    void isReadInParts() {
        script();
        History history = fresh().history("iris");
        assertThat(revisions(history.after(0, 3))).containsExactly(1L, 2L, 3L);
        assertThat(revisions(history.after(3, 3))).containsExactly(4L, 5L, 6L);
        assertThat(revisions(history.after(6, 3))).containsExactly(7L);
        assertThat(history.after(7, 3)).isEmpty();
        assertThat(history.after(Long.MAX_VALUE, Integer.MAX_VALUE)).isEmpty();
        assertThat(revisions(history.after(-5, 2))).containsExactly(1L, 2L);
        assertRefused(() -> history.after(0, 0), InvalidValueException.class, ErrorCode.INVALID, "limit '0'");
        assertRefused(
                () -> registry.history("rose").all(), ModelNotFoundException.class, ErrorCode.NOT_FOUND, "'rose'");
    }

    @Test
    void tellsWhatWasInAStageAtAnInstant() {
        Instant before = clock.instant();
        clock.advance(HOUR);
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        Instant registered = clock.instant();
        clock.advance(HOUR);
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        Instant first = clock.instant();
        clock.advance(HOUR);
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        Instant second = clock.instant();
        clock.advance(HOUR);
        registry.rollback("iris", "worse");
        Instant third = clock.instant();
        assertThat(in(Stage.PRODUCTION, before)).isEmpty();
        assertThat(in(Stage.NONE, before)).isEmpty();
        assertThat(in(Stage.PRODUCTION, registered)).isEmpty();
        assertThat(in(Stage.NONE, registered)).containsExactly("1.0.0", "2.0.0");
        assertThat(in(Stage.PRODUCTION, first)).containsExactly("1.0.0");
        assertThat(in(Stage.PRODUCTION, second.minusNanos(1))).containsExactly("1.0.0");
        assertThat(in(Stage.PRODUCTION, second)).containsExactly("2.0.0");
        assertThat(in(Stage.ARCHIVED, second)).containsExactly("1.0.0");
        assertThat(in(Stage.PRODUCTION, third)).containsExactly("1.0.0");
        assertThat(in(Stage.ARCHIVED, third.plus(HOUR))).containsExactly("2.0.0");
        assertThat(in(Stage.NONE, third)).isEmpty();
    }

    private List<String> in(Stage stage, Instant instant) {
        return fresh().history("iris").inStageAt(stage, instant).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void timesNeverGoBackWhenTheClockDoes() {
        register("iris", "a");
        Instant first = clock.instant();
        clock.advance(HOUR.negated());
        register("iris", "b");
        assertThat(registry.history("iris").all()).extracting(RegistryEvent::at).containsExactly(first, first);
    }

    @Test
    void listenersHearInOrderAlsoWhatTheyCommitThemselves() {
        List<String> told = new ArrayList<>();
        AtomicReference<ModelRegistry> self = new AtomicReference<>();
        ModelRegistry listened = opened(ModelRegistries.builder(node)
                .leaveNodeOpen()
                .listener(event -> told.add("first " + event.revision()))
                .listener(event -> {
                    if (event.revision() == 1) {
                        self.get().aliases("iris").set("champion", "1.0.0");
                        told.add("committed");
                    }
                })
                .listener(event -> told.add("last " + event.revision())));
        self.set(listened);
        listened.register(registration("iris", "a"));
        assertThat(told).containsExactly("first 1", "committed", "last 1", "first 2", "last 2");
    }

    @Test
    void aListenerThatThrowsFailsNothing() {
        List<Long> told = new ArrayList<>();
        ModelRegistry listened = opened(ModelRegistries.builder(node)
                .leaveNodeOpen()
                .listener(event -> {
                    throw new IllegalStateException("listener");
                })
                .listener(event -> {
                    throw new AssertionError("listener");
                })
                .listener(event -> told.add(event.revision())));
        assertThat(listened.register(registration("iris", "a")).version()).hasToString("1.0.0");
        assertThat(listened.register(registration("iris", "b")).version()).hasToString("1.0.1");
        assertThat(told).containsExactly(1L, 2L);
    }

    @Test
    void aWatchGoesOnWhateverTheStoreDoes() {
        register("iris", "1.0.0", "a");
        AtomicInteger failures = new AtomicInteger();
        ForwardingNode failing = new ForwardingNode(node) {
            @Override
            public Optional<OpenObject> open(StorageKey key, ByteRange range, String unlessEtag) throws IOException {
                switch (failures.incrementAndGet()) {
                    case 2 -> throw new IOException("store");
                    case 3 -> throw new IllegalStateException("store");
                    case 4 -> throw new AssertionError("store");
                    default -> {
                        return super.open(key, range, unlessEtag);
                    }
                }
            }
        };
        List<RegistryEvent> seen = new CopyOnWriteArrayList<>();
        ModelRegistry watching = fresh(failing);
        try (History.Watch watch = watching.history("iris").watch(0, Duration.ofMillis(5), seen::add)) {
            await().until(() -> failures.get() > 5 && seen.size() == 1);
            register("iris", "2.0.0", "b");
            await().until(() -> seen.size() == 2);
            assertThat(watch.revision()).isEqualTo(2);
        }
    }

    @Test
    void aWatchHearsTheCommitsOfOthersInOrder() {
        register("iris", "1.0.0", "a");
        List<RegistryEvent> seen = new CopyOnWriteArrayList<>();
        try (History.Watch watch = fresh().history("iris").watch(0, Duration.ofMillis(5), seen::add)) {
            await().until(() -> seen.size() == 1);
            register("iris", "2.0.0", "b");
            registry.promote("iris:1.0.0", Stage.PRODUCTION);
            await().until(() -> watch.revision() == 3);
            assertThat(seen).isEqualTo(heard);
        }
        List<RegistryEvent> late = new CopyOnWriteArrayList<>();
        try (History.Watch watch = fresh().history("iris").watch(2, Duration.ofMillis(5), late::add)) {
            await().until(() -> watch.revision() == 3);
            assertThat(revisions(late)).containsExactly(3L);
        }
    }

    @Test
    void aWatchMayWaitForAModelThatIsNotThereYetAndSurvivesItsListener() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        try (History.Watch watch = fresh().history("later").watch(0, Duration.ofMillis(5), event -> {
            seen.add(event.revision());
            throw new IllegalStateException("watcher");
        })) {
            assertThat(watch.revision()).isZero();
            register("later", "a");
            register("later", "b");
            await().until(() -> watch.revision() == 2);
            assertThat(seen).containsExactly(1L, 2L);
        }
    }

    @Test
    void aWatchEndsWhenItOrItsRegistryIsClosed() {
        register("iris", "a");
        ModelRegistry watched = fresh();
        History.Watch closed = watched.history("iris").watch(0, Duration.ofMillis(2), event -> {});
        History.Watch left = watched.history("iris").watch(0, Duration.ofMillis(2), event -> {});
        await().until(() -> closed.revision() == 1 && left.revision() == 1);
        closed.close();
        closed.close();
        watched.close();
        register("iris", "b");
        await().during(Duration.ofMillis(50)).until(() -> closed.revision() == 1 && left.revision() == 1);
    }

    @Test
    void aWatchThatWouldNotPauseIsRefused() {
        for (Duration interval : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertRefused(
                    () -> registry.history("iris")
                            .watch(0, interval, event -> {})
                            .close(),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "watch interval");
        }
    }

    @Test
    void aViewActsInTheNameOfItsCaller() {
        ModelRegistry ann = registry.actingAs(Caller.user("ann@example.org").in("ml"));
        ann.register(registration("iris", "a"));
        ann.promote("iris", Stage.STAGING);
        registry.promote("iris", Stage.PRODUCTION);
        ann.close();
        ann.aliases("iris").set("champion", "1.0.0");
        assertThat(heard)
                .extracting(RegistryEvent::by)
                .containsExactly(
                        Principal.user("ann@example.org"),
                        Principal.user("ann@example.org"),
                        Principal.user(System.getProperty("user.name")),
                        Principal.user("ann@example.org"));
        assertThat(ann.get("iris").manifest().created().by()).isEqualTo(Principal.user("ann@example.org"));
        assertThat(registry.getModel("iris").facts().owners()).containsExactly(Principal.user("ann@example.org"));
        assertRefused(
                () -> ann.actingAs(Caller.user("bob")),
                RegistryException.class,
                ErrorCode.DENIED,
                "'user:bob'",
                "ann@");
        registry.close();
        assertThatThrownBy(() -> ann.getModel("iris"))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void aReasonThatIsTooLongIsRefused() {
        register("iris", "a");
        for (String reason : List.of("x".repeat(4097), "half \uD800 of a pair")) {
            assertRefused(
                    () -> registry.edit("iris").retire(reason),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "reason");
        }
    }
}
