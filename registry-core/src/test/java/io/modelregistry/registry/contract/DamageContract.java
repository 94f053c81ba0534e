package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A stored document that is flipped, cut or gone is never taken for what it was. */
abstract class DamageContract extends RegistrySubject {
    private void script() {
        for (int i = 0; i < 34; i++) {
            register("iris", "1.0." + i, "content " + i);
        }
        registry.promote("iris:1.0.1", Stage.PRODUCTION);
        registry.promote("iris:1.0.33", Stage.PRODUCTION);
        registry.aliases("iris").set("champion", "1.0.1");
    }

    private StorageKey find(String part) {
        return StorageKey.of(Snapshot.of(node).objects().keySet().stream()
                .filter(key -> key.contains(part))
                .findFirst()
                .orElseThrow());
    }

    private void write(StorageKey key, byte[] bytes) throws IOException {
        node.write(key, Content.of(bytes), WriteCondition.unconditional());
    }

    /** Which call must notice the damage of which document. */
    private Map<StorageKey, Consumer<ModelRegistry>> readers() {
        return Map.of(
                StorageKey.of("models/_meta/_registry.json"), on -> {},
                StorageKey.of("models/iris/_model.json"), on -> on.resolve("iris@champion"),
                StorageKey.of("models/iris/_history/0000000007.json"),
                        on -> on.history("iris").all(),
                StorageKey.of("models/iris/1.0.7_meta.json"), on -> on.get("iris:1.0.7"),
                find("/_pages/"), on -> on.resolve("iris:1.0.7"));
    }

    @Test
    void aDocumentThatIsFlippedCutEmptyOrForeignIsRefusedByName() throws IOException {
        script();
        for (Map.Entry<StorageKey, Consumer<ModelRegistry>> reader : readers().entrySet()) {
            StorageKey key = reader.getKey();
            byte[] good = node.readAll(key);
            for (int at : new int[] {0, 1, good.length / 3, good.length / 2, good.length - 70, good.length - 1}) {
                byte[] flipped = good.clone();
                flipped[at] ^= 4;
                assertNoticed(key, flipped, reader.getValue());
            }
            for (int length : new int[] {0, 1, good.length / 2, good.length - 1}) {
                assertNoticed(key, Arrays.copyOf(good, length), reader.getValue());
            }
            assertNoticed(key, bytes("{}"), reader.getValue());
            assertNoticed(key, bytes("PK\u0003\u0004"), reader.getValue());
            write(key, good);
            reader.getValue().accept(fresh());
        }
    }

    private void assertNoticed(StorageKey key, byte[] damaged, Consumer<ModelRegistry> reader) throws IOException {
        write(key, damaged);
        assertRefused(
                () -> reader.accept(fresh()),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                "'" + key + "'",
                "expected the bytes as they were written");
    }

    @Test
    void aDocumentInThePlaceOfAnotherIsRefused() throws IOException {
        script();
        register("rose", "x");
        for (List<String> swap : List.of(
                List.of("models/rose/_model.json", "models/iris/_model.json"),
                List.of("models/iris/_history/0000000006.json", "models/iris/_history/0000000007.json"),
                List.of("models/rose/1.0.0_meta.json", "models/iris/1.0.7_meta.json"))) {
            StorageKey key = StorageKey.of(swap.get(1));
            byte[] good = node.readAll(key);
            assertNoticed(
                    key, node.readAll(StorageKey.of(swap.get(0))), readers().get(key));
            write(key, good);
        }
    }

    @Test
    void aDocumentThatIsMissingIsNamed() throws IOException {
        script();
        for (Map.Entry<StorageKey, Consumer<ModelRegistry>> reader : readers().entrySet()) {
            StorageKey key = reader.getKey();
            if (key.value().endsWith("_registry.json") || key.value().endsWith("_model.json")) {
                continue; // Without a head there is no model, and without the other nothing was demanded.
            }
            byte[] good = node.readAll(key);
            node.delete(key);
            assertRefused(
                    () -> reader.getValue().accept(fresh()),
                    CorruptionException.class,
                    ErrorCode.UNTRUSTED,
                    key.value());
            write(key, good);
        }
    }

    @Test
    void aHeadThatNamesAMissingManifestStopsWhatNeedsItAndNothingElse() throws IOException {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        node.delete(StorageKey.of("models/iris/1.0.0_meta.json"));
        for (Consumer<ModelRegistry> call : List.<Consumer<ModelRegistry>>of(
                on -> on.get("iris:1.0.0"),
                on -> on.artifacts("iris:1.0.0"),
                on -> on.best("iris", "accuracy"),
                on -> on.register(registration("iris", "1.0.0", "a")))) {
            assertRefused(
                    () -> call.accept(fresh()),
                    CorruptionException.class,
                    ErrorCode.UNTRUSTED,
                    "'models/iris/1.0.0_meta.json'",
                    "it is missing");
        }
        assertThat(fresh().get("iris:2.0.0").version()).hasToString("2.0.0");
        assertThat(fresh().versions(name("iris"), VersionQuery.all()).items()).hasSize(2);
    }

    @Test
    void nothingIsWrittenOverADamagedHead() throws IOException {
        script();
        StorageKey head = StorageKey.of("models/iris/_model.json");
        byte[] half = Arrays.copyOf(node.readAll(head), 2000);
        write(head, half);
        for (Consumer<ModelRegistry> call : List.<Consumer<ModelRegistry>>of(
                on -> on.register(registration("iris", "x")),
                on -> on.promote("iris:1.0.3", Stage.PRODUCTION),
                on -> on.edit("iris").retire("x"),
                on -> on.models(ModelQuery.all()))) {
            assertRefused(() -> call.accept(fresh()), CorruptionException.class, ErrorCode.UNTRUSTED, "'" + head + "'");
        }
    }

    @Test
    void aLostHeadIsNotReplacedByThatOfANewModel() throws IOException {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        StorageKey head = StorageKey.of("models/iris/_model.json");
        byte[] lost = node.readAll(head);
        node.delete(head);
        assertThatThrownBy(() -> fresh().register(registration("iris", "3.0.0", "c")))
                .isInstanceOf(RegistryException.class)
                .hasStackTraceContaining("'" + head + "'")
                .hasStackTraceContaining("it is missing, and the model has a history");
        assertThat(node.find(head)).isEmpty();
        write(head, lost);
        assertThat(fresh().register(registration("iris", "3.0.0", "c"))
                        .summary()
                        .sequence())
                .isEqualTo(3);
        assertThat(RegistryMaintenance.over(node).verify().findings()).isEmpty();
    }

    @Test
    void aHeadThatIsLostWhileAVersionIsUploadedIsNotMadeAnew() throws IOException {
        register("iris", "1.0.0", "a");
        StorageKey head = StorageKey.of("models/iris/_model.json");
        ModelRegistry losing = fresh(new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (key.value().startsWith("models/iris/2.0.0/")) {
                    delete(head);
                }
                return super.write(key, content, condition);
            }
        });
        assertThatThrownBy(() -> losing.register(registration("iris", "2.0.0", "b")))
                .isInstanceOf(RegistryException.class)
                .hasStackTraceContaining("it is missing, and the model has a history");
        assertThat(node.find(head)).isEmpty();
    }

    @Test
    void aVersionThatCannotBeReadIsNotPromotedDescribedOrNamed() throws IOException {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        registry.promote("iris:2.0.0", Stage.PRODUCTION);
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        StorageKey key = StorageKey.of("models/iris/2.0.0_meta.json");
        byte[] damaged = node.readAll(key);
        damaged[damaged.length / 2] ^= 1;
        write(key, damaged);
        for (Consumer<ModelRegistry> call : List.<Consumer<ModelRegistry>>of(
                on -> on.promote("iris:2.0.0", Stage.PRODUCTION),
                on -> on.rollback("iris", "worse"),
                on -> on.aliases("iris").set("champion", "2.0.0"),
                on -> on.edit("iris")
                        .overlay(ModelRef.parse("iris:2.0.0"), ExpectedRevision.any(), o -> o.withNotes("x")))) {
            assertRefused(() -> call.accept(fresh()), CorruptionException.class, ErrorCode.UNTRUSTED, "'" + key + "'");
        }
        register("iris", "3.0.0", "c");
        assertThat(fresh().promote("iris:3.0.0", Stage.PRODUCTION).stage()).isEqualTo(Stage.PRODUCTION);
    }

    @Test
    void aHistoryThatWasRewrittenStopsTheNextCommit() throws IOException {
        register("iris", "1.0.0", "a");
        register("iris", "2.0.0", "b");
        StorageKey next = StorageKey.of("models/iris/_history/0000000002.json");
        write(next, bytes("{}"));
        Throwable refused = catchThrowable(() -> registry.promote("iris:1.0.0", Stage.PRODUCTION));
        assertThat(refused)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("'" + next + "'")
                .satisfies(e -> assertThat(((RegistryException) e).code()).isEqualTo(ErrorCode.UNTRUSTED));
        assertThat(fresh().resolve("iris:1.0.0").stage()).isEqualTo(Stage.NONE);
    }
}
