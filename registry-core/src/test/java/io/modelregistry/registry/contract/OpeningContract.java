package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Caller;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.registry.Upload;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What opening and closing, injected inputs and the formats of documents promise. */
abstract class OpeningContract extends RegistrySubject {
    private static final StorageKey HEAD = StorageKey.of("models/iris/_model.json");
    private static final StorageKey REGISTRY = StorageKey.of("models/_meta/_registry.json");

    @Test
    void openingWritesNothing() {
        fresh();
        assertThat(Snapshot.of(node).objects()).isEmpty();
    }

    @Test
    void closingClosesTheNodeUnlessItWasLeftOpen() throws Exception {
        fresh().close();
        assertThat(node.find(HEAD)).isEmpty();
        StorageNode other = new InMemoryStorageNode();
        ModelRegistry owning = ModelRegistries.open(other);
        owning.actingAs(Caller.user("ann")).close();
        assertThat(other.find(HEAD)).isEmpty();
        owning.close();
        owning.close();
        assertThatThrownBy(() -> other.find(HEAD)).isInstanceOf(StorageClosedException.class);
    }

    @Test
    void aRegistryThatCannotBeOpenedClosesTheNodeThatItWouldOwn() throws IOException {
        StorageNode other = new InMemoryStorageNode();
        other.write(REGISTRY, Content.of(bytes("{}")), WriteCondition.ifAbsent());
        assertThatThrownBy(() -> ModelRegistries.builder(other).leaveNodeOpen().open())
                .isInstanceOf(CorruptionException.class);
        assertThat(other.find(HEAD)).isEmpty();
        assertThatThrownBy(() -> ModelRegistries.open(other)).isInstanceOf(CorruptionException.class);
        assertThatThrownBy(() -> other.find(HEAD)).isInstanceOf(StorageClosedException.class);
    }

    @Test
    void whatIsSaidOfAModelLeavesRoomInItsHeadForVersions() {
        ModelRegistry narrow = fresh(new ForwardingNode(node) {
            @Override
            public long maxConditionalSize() {
                return 80_000;
            }
        });
        narrow.register(registration("iris", "a"));
        String notes = "n".repeat(15_000);
        narrow.edit("iris").overlay(ModelRef.parse("iris#1"), ExpectedRevision.any(), o -> o.withNotes(notes));
        narrow.register(registration("iris", "b"));
        assertRefused(
                () -> narrow.edit("iris")
                        .overlay(ModelRef.parse("iris#2"), ExpectedRevision.any(), o -> o.withNotes(notes)),
                RegistryException.class,
                ErrorCode.INVALID,
                "the head of 'iris' would have",
                "expected at most 40000");
        assertThat(narrow.register(registration("iris", "c")).version()).hasToString("1.0.2");
    }

    @Test
    void twoRegistriesWithTheSameInputsWriteTheSameBytes() {
        InMemoryStorageNode other = new InMemoryStorageNode();
        everything(opened(builder(node)));
        everything(opened(builder(other)));
        assertThat(Snapshot.of(node).objects())
                .hasSizeGreaterThan(150)
                .isEqualTo(Snapshot.of(other).objects());
    }

    private ModelRegistries.Builder builder(StorageNode over) {
        return ModelRegistries.builder(over)
                .leaveNodeOpen()
                .clock(new TestClock())
                .ids(countedIds())
                .actor(Caller.service("ci"));
    }

    private static void everything(ModelRegistry on) {
        for (int i = 0; i < 70; i++) {
            on.register(Registration.of("nlp/many")
                    .file("m.bin", bytes("content " + i))
                    .metric("accuracy", i / 70.0)
                    .build());
            if (i % 10 == 0) {
                on.promote("nlp/many#" + (i + 1), Stage.PRODUCTION);
            }
        }
        on.aliases("nlp/many").set("zeta", "1.0.3");
        on.aliases("nlp/many").set("alpha", "1.0.4");
        on.attachments("nlp/many:1.0.5").add("scan", "text/plain", bytes("fine"));
        on.edit("nlp/many").facts(ExpectedRevision.any(), facts -> facts.withTags(java.util.Set.of("b", "a", "c")));
        on.edit("nlp/many").overlay(ModelRef.parse("nlp/many#2"), ExpectedRevision.any(), o -> o.withNotes("note"));
        on.rollback("nlp/many", "worse");
        try (Upload upload = on.upload(Registration.of("big").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("b"), new byte[100_000]));
            upload.add(ArtifactSource.of(ArtifactPath.of("a"), new byte[100_000]));
            upload.seal();
        }
        on.edit("big").retire("over");
    }

    @Test
    void documentsArePlainJsonThatEndsWithItsChecksum() throws IOException {
        everything(opened(builder(node)));
        Snapshot.of(node).objects().forEach((key, text) -> {
            if (key.endsWith(".json")) {
                int end = text.lastIndexOf(",\"checksum\":\"");
                assertThat(text).as(key).startsWith("{").endsWith("\"}");
                assertThat(text.substring(end + 13, end + 77))
                        .as(key)
                        .isEqualTo(Digest.sha256(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1))
                                .hex());
            }
        });
    }

    @Test
    void everyEventStandsInTheHistoryAsTheHeadCarriedIt() throws IOException {
        register("iris", "1.0.0", "a");
        String head = text(HEAD);
        register("iris", "2.0.0", "b");
        assertThat(head).contains("\"event\":" + text(StorageKey.of("models/iris/_history/0000000001.json")));
    }

    private String text(StorageKey key) throws IOException {
        return new String(node.readAll(key), StandardCharsets.UTF_8);
    }

    /** Writes a document with another text and the checksum that belongs to it. */
    private void forge(StorageKey key, String text) throws IOException {
        String body = text.substring(0, text.lastIndexOf(",\"checksum\""));
        String digest = Digest.sha256(body.getBytes(StandardCharsets.UTF_8)).hex();
        node.write(key, Content.of(bytes(body + ",\"checksum\":\"" + digest + "\"}")), WriteCondition.unconditional());
    }

    /** A head whose state a newer minor format has written: its event has to name the digest of that state. */
    private void forgeState(String field) throws IOException {
        String head = text(HEAD);
        int event = head.indexOf("\"event\":") + 8;
        int state = head.indexOf(",\n\"state\":") + 10;
        String oldEvent = head.substring(event, state - 10);
        String oldState = head.substring(state, head.lastIndexOf(",\"checksum\""));
        String newState = oldState.replaceFirst("\\{", "{" + field + ",");
        String newEvent = oldEvent.replace(
                Digest.sha256(bytes(oldState)).hex(),
                Digest.sha256(bytes(newState)).hex());
        assertThat(newEvent).isNotEqualTo(oldEvent);
        String body = newEvent.substring(0, newEvent.lastIndexOf(",\"checksum\""));
        newEvent = body + ",\"checksum\":\"" + Digest.sha256(bytes(body)).hex() + "\"}";
        forge(HEAD, head.replace(oldEvent, newEvent).replace(oldState, newState));
    }

    @Test
    void fieldsOfANewerMinorFormatSurviveAChange() throws IOException {
        register("iris", "1.0.0", "a");
        forgeState("\"zone\":{\"x\":[1,2.50,1E+2,\"ü\",null],\"a\":false},\"aaa\":7");
        ModelRegistry later = fresh();
        later.promote("iris:1.0.0", Stage.PRODUCTION);
        later.aliases("iris").set("champion", "1.0.0");
        later.register(registration("iris", "b"));
        assertThat(text(HEAD))
                .contains("\"zone\":{\"x\":[1,2.50,1E+2,\"ü\",null],\"a\":false}")
                .contains("\"aaa\":7");
        assertThat(fresh().get("iris@champion").stage()).isEqualTo(Stage.PRODUCTION);
        assertThat(fresh().history("iris").after(1, 10)).hasSize(3);
    }

    @Test
    void aModelOfANewerFormatIsRefused() throws IOException {
        register("iris", "1.0.0", "a");
        forge(HEAD, text(HEAD).replaceFirst("\"format\":1", "\"format\":2"));
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> fresh().get("iris"),
                        () -> fresh().register(registration("iris", "b")),
                        () -> fresh().promote("iris", Stage.PRODUCTION),
                        () -> fresh().aliases("iris").remove(Alias.of("x")),
                        () -> fresh().models(ModelQuery.all()))) {
            assertRefused(
                    call,
                    UnsupportedFormatException.class,
                    ErrorCode.UNSUPPORTED,
                    "'models/iris/_model.json'",
                    "format 2",
                    "expected a newer version of the library");
        }
        fresh().register(registration("rose", "a"));
    }

    @Test
    void aStoreOfANewerFormatIsNotOpened() throws IOException {
        register("iris", "1.0.0", "a");
        forge(REGISTRY, text(REGISTRY).replaceFirst("\"format\":1", "\"format\":2"));
        assertRefused(this::fresh, UnsupportedFormatException.class, ErrorCode.UNSUPPORTED, "'" + REGISTRY + "'", "2");
    }

    @Test
    void aStoreThatAsksForAProtectionIsNotOpenedWithoutIt() throws IOException {
        register("iris", "1.0.0", "a");
        String plain = text(REGISTRY);
        String demanding = plain.replaceFirst("\"id\":", "\"requires\":[\"signing\"],\"id\":");
        assertThat(demanding).isNotEqualTo(plain);
        forge(REGISTRY, demanding);
        assertRefused(this::fresh, UnsupportedFormatException.class, ErrorCode.UNSUPPORTED, "[signing]");
    }
}
