package io.modelregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.maintenance.CollectionPlan;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.model.Caller;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryMaintenanceTest {
    private final InMemoryStorageNode node = new InMemoryStorageNode(SampleRegistry.CLOCK);
    private final RegistryMaintenance maintenance = RegistryMaintenance.over(node)
            .actingAs(Caller.user("ann"))
            .with(Clock.offset(SampleRegistry.CLOCK, Duration.ofHours(2)), SampleRegistry.ids("m"));

    @BeforeEach
    void fill() throws IOException {
        SampleRegistry.fill(node);
        SampleRegistry.addUnpublished(node);
        node.write(
                StorageKey.of("models/nlp/sentiment/_pages/orphan.json"),
                Content.of(SampleRegistry.bytes("{}")),
                WriteCondition.ifAbsent());
    }

    @Test
    void whatAPlanShowsIsCollectedAndNothingElse() throws IOException {
        CollectionPlan plan = maintenance.planCollection(Duration.ofHours(1));

        assertThat(plan.garbage())
                .containsExactly(
                        new Garbage("models/iris/2.0.0-rc.1/m.bin", 9, Reason.FORESTALLED_UPLOAD),
                        new Garbage("models/iris/3.0.0/m.bin", 9, Reason.UNPUBLISHED_UPLOAD),
                        new Garbage("models/nlp/sentiment/_pages/orphan.json", 2, Reason.UNNAMED_PAGE));
        assertThat(plan.bytes()).isEqualTo(20);
        assertThat(plan.skipped()).isEmpty();
        String before = SampleRegistry.everythingReadFrom(node);
        CollectionPlan part = new CollectionPlan(plan.before(), plan.garbage().subList(0, 2), List.of());

        CollectionReport report = maintenance.collectGarbage(part);

        assertThat(report).isEqualTo(new CollectionReport(part.garbage(), List.of()));
        assertThat(SampleRegistry.everythingReadFrom(node)).isEqualTo(before);
        assertThat(maintenance.planCollection(Duration.ZERO).garbage())
                .isEqualTo(plan.garbage().subList(2, 3));
        assertThat(maintenance.collectGarbage(plan).left()).isEqualTo(part.garbage());
        assertThat(maintenance.verify().findings())
                .extracting(Finding::kind, Finding::key)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.VOID, "models/iris/3.0.0_meta.json"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.VOID, "models/iris/4.0.0_meta.json"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.UNPUBLISHED, "models/iris/5.0.0_meta.json"));
        try (ModelRegistry registry = SampleRegistry.open(node)) {
            assertThat(registry.history("nlp/sentiment").all())
                    .hasSize(3)
                    .last()
                    .satisfies(event -> assertThat(event.by()).hasToString("user:ann"));
        }
    }

    @Test
    void whatIsYoungIsNotPlanned() {
        assertThat(maintenance.planCollection(Duration.ofHours(3)).garbage()).isEmpty();
        assertThatThrownBy(() -> maintenance.planCollection(Duration.ofHours(-1)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("it is negative, expected zero or more");
    }

    @Test
    void nothingIsAsOldAsTheLongestAge() {
        for (Duration age : List.of(Duration.ofSeconds(Long.MAX_VALUE), ChronoUnit.FOREVER.getDuration())) {
            CollectionPlan plan = maintenance.planCollection(age);
            assertThat(plan.garbage()).isEmpty();
            assertThat(plan.before()).isEqualTo(Instant.MIN);
            assertThat(maintenance.collectGarbage(plan)).isEqualTo(new CollectionReport(List.of(), List.of()));
        }
    }

    @Test
    void aDamagedHeadDoesNotHideWhatIsDamagedBehindIt() throws IOException {
        for (String key : List.of("models/iris/_model.json", "models/nlp/sentiment/1.0.0/vocabulary.txt")) {
            node.write(StorageKey.of(key), Content.of(SampleRegistry.bytes("{}")), WriteCondition.unconditional());
        }
        assertThat(maintenance.verify().findings(Finding.Severity.DAMAGE))
                .extracting(Finding::key)
                .containsExactly("models/iris/_model.json", "models/nlp/sentiment/1.0.0/vocabulary.txt");
    }

    @Test
    void whatADamagedDocumentDecidesIsLeftAlone() throws IOException {
        StorageKey claim = StorageKey.of("models/iris/3.0.0_meta.json");
        StorageKey head = StorageKey.of("models/nlp/sentiment/_model.json");
        for (StorageKey key : List.of(claim, head)) {
            node.write(key, Content.of(SampleRegistry.bytes("{}")), WriteCondition.unconditional());
        }

        CollectionPlan plan = maintenance.planCollection(Duration.ZERO);

        assertThat(plan.skipped()).containsExactly(claim.value(), head.value());
        assertThat(plan.garbage()).extracting(Garbage::key).containsExactly("models/iris/2.0.0-rc.1/m.bin");
    }

    @Test
    void oneModelCanBeVerifiedAndProgressIsHeard() {
        List<String> heard = new ArrayList<>();
        VerificationReport report = maintenance
                .reportingTo((key, objects, bytes) -> heard.add(key))
                .verify(ModelName.parse("nlp/sentiment"));
        assertThat(heard).hasSize((int) report.objects()).allMatch(key -> key.contains("/nlp/sentiment"));
        assertThat(report.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.LEFTOVER);
        assertThat(maintenance.verify(ModelName.parse("nobody")).findings()).isEmpty();
    }

    @Test
    void aClosedNodeIsNotDamage() {
        node.close();
        assertThatThrownBy(maintenance::verify)
                .isInstanceOf(RegistryClosedException.class)
                .hasMessageContaining("verify the registry");
    }
}
