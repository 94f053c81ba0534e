package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the cache promises of documents. */
class CachedDocumentsTest extends CacheSubject {
    private static final String REGISTRY = "models/_meta/_registry.json";
    private static final String HEAD = "models/iris/_model.json";

    private void registerMany(int versions) {
        for (int i = 0; i < versions; i++) {
            register("iris", "1." + i + ".0", 10);
        }
    }

    @Test
    void headsAreAskedForByTheirEtagAndManifestsAndPagesNotAtAll() {
        registerMany(40);
        try (ModelRegistry first = open()) {
            first.get("iris:1.3.0");
        }
        assertThat(remote.requests()).anyMatch(request -> request.contains("_pages"));
        ModelRegistry second = open();
        second.get("iris:1.3.0");
        assertThat(remote.requests()).containsExactly("read " + REGISTRY, "same " + HEAD);
        second.get("iris:1.3.0");
        assertThat(remote.requests()).containsExactly("same " + HEAD);
    }

    @Test
    void aColdCacheCostsNoRequestMoreThanNone() {
        registerMany(40);
        elsewhere().get("iris:1.3.0");
        List<String> without = remote.requests();
        open().get("iris:1.3.0");
        assertThat(remote.requests()).isEqualTo(without);
        ModelRegistry plain = elsewhere();
        ModelRegistry cached = open();
        remote.requests();
        plain.aliases("iris").set("a", "1.3.0");
        int changing = remote.requests().size();
        cached.aliases("iris").set("b", "1.3.0");
        assertThat(remote.requests()).hasSizeLessThanOrEqualTo(changing);
    }

    @Test
    void theChangeOfAnotherProcessIsSeenAtOnce() {
        registerMany(2);
        ModelRegistry other = elsewhere();
        other.aliases("iris").set("best", "1.0.0");
        try (ModelRegistry first = open()) {
            assertThat(first.resolve("iris@best").version()).hasToString("1.0.0");
        }
        other.aliases("iris").set("best", "1.1.0");
        ModelRegistry second = open();
        assertThat(second.resolve("iris@best").version()).hasToString("1.1.0");
        other.aliases("iris").set("best", "1.0.0");
        assertThat(second.resolve("iris@best").version()).hasToString("1.0.0");
    }

    @Test
    void aChangeIsMadeOnThePresentHeadWhateverTheCacheHolds() {
        registerMany(2);
        try (ModelRegistry first = open()) {
            first.get("iris");
        }
        elsewhere().promote("iris:1.0.0", Stage.PRODUCTION);
        ModelRegistry second = open();
        second.promote("iris:1.1.0", Stage.PRODUCTION);
        assertThat(second.resolve("iris:1.0.0").stage()).isEqualTo(Stage.ARCHIVED);
        assertThat(second.history("iris").all()).hasSize(4);
    }

    @Test
    void aHeadThatWasWrittenHereIsKeptAsWell() {
        registerMany(1);
        try (ModelRegistry first = open()) {
            first.promote("iris", Stage.STAGING);
        }
        remote.requests();
        assertThat(open().resolve("iris@staging").version()).hasToString("1.0.0");
        assertThat(remote.requests()).containsExactly("read " + REGISTRY, "same " + HEAD);
    }

    @Test
    void aDamagedDocumentIsDroppedAndReadAgain() throws IOException {
        registerMany(40);
        try (ModelRegistry first = open()) {
            first.get("iris:1.3.0");
        }
        List<Path> kept = files("documents");
        assertThat(kept).hasSizeGreaterThanOrEqualTo(4);
        for (Path file : kept) {
            byte[] sound = Files.readAllBytes(file);
            for (byte[] damaged :
                    List.of(flipped(sound), java.util.Arrays.copyOf(sound, sound.length - 1), new byte[0])) {
                Files.write(file, damaged);
                try (ModelRegistry second = open()) {
                    assertThat(second.get("iris:1.3.0").ref()).hasToString("iris:1.3.0");
                }
                assertThat(Files.readAllBytes(file)).isEqualTo(sound);
            }
        }
        remote.requests();
        open().get("iris:1.3.0");
        assertThat(remote.requests()).containsExactly("read " + REGISTRY, "same " + HEAD);
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] copy = bytes.clone();
        copy[bytes.length / 2] ^= 16;
        return copy;
    }

    @Test
    void aDocumentInTheNameOfAnotherIsNotBelieved() throws IOException {
        register("iris", "1.0.0", 10);
        register("rose", "2.0.0", 10);
        try (ModelRegistry first = open()) {
            first.get("iris");
            first.get("rose");
        }
        List<Path> kept = files("documents");
        for (Path from : kept) {
            byte[] sound = Files.readAllBytes(from);
            for (Path to : kept) {
                byte[] before = Files.readAllBytes(to);
                Files.write(to, sound);
                try (ModelRegistry second = open()) {
                    assertThat(second.get("iris").version()).hasToString("1.0.0");
                    assertThat(second.get("rose").version()).hasToString("2.0.0");
                }
                Files.write(to, before);
            }
        }
    }

    @Test
    void twoRegistriesMayShareAFolder() {
        register("iris", "1.0.0", 10);
        try (ModelRegistry first = open()) {
            first.get("iris");
        }
        try (InMemoryStorageNode node = new InMemoryStorageNode();
                ModelRegistry other = ModelRegistries.builder(new RemoteNode(node))
                        .cache(cache())
                        .open()) {
            assertThat(other.findModel(ModelName.parse("iris"))).isEmpty();
            other.register(io.modelregistry.registry.Registration.of("iris")
                    .version("7.0.0")
                    .file("x", new byte[1])
                    .build());
            assertThat(other.versions(ModelName.parse("iris"), VersionQuery.all())
                            .items())
                    .hasSize(1);
        }
        assertThat(open().get("iris").version()).hasToString("1.0.0");
    }

    @Test
    void aDamagedStoreIsFoundOutThoughTheHeadIsKept() throws IOException {
        registerMany(1);
        try (ModelRegistry first = open()) {
            first.get("iris");
        }
        remote.write(StorageKey.of(HEAD), Content.of(new byte[] {1}), WriteCondition.unconditional());
        ModelRegistry second = open();
        refused(
                () -> second.get("iris"),
                io.modelregistry.registry.CorruptionException.class,
                io.modelregistry.model.ErrorCode.UNTRUSTED,
                "'" + HEAD + "'");
    }
}
