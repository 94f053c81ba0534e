package io.modelregistry.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the cache promises of its size. */
class CacheBoundTest extends CacheSubject {
    private static final int SIZE = 300_000;
    private static final long THREE_FILES = 3 * SIZE + 100_000;

    private LocalCache bounded() {
        return cache().maxBytes(THREE_FILES);
    }

    private Path content(String name) {
        String hex = Digest.sha256(content(name, SIZE)).hex();
        return folder().resolve("contents").resolve(hex.substring(0, 2)).resolve(hex);
    }

    /** Uses a version and closes the registry again. */
    private void use(String version) {
        try (ModelRegistry registry = open(bounded())) {
            assertThat(registry.artifacts("iris:" + version).materialize().resolve("model.bin"))
                    .hasBinaryContent(content("iris" + version, SIZE));
        }
    }

    /** Makes a content look as if it was used last some minutes ago. */
    private void age(String version, int minutes) throws IOException {
        FileTime then = FileTime.from(Instant.EPOCH.plusSeconds(1_000_000_000L - minutes * 60L));
        Files.getFileAttributeView(content("iris" + version), BasicFileAttributeView.class)
                .setTimes(then, then, null);
    }

    private void registerFour() {
        for (int minor = 0; minor < 4; minor++) {
            register("iris", "1." + minor + ".0", SIZE);
        }
    }

    private long bytesKept() throws IOException {
        long bytes = 0;
        for (String part : new String[] {"contents", "documents", "sessions"}) {
            for (Path file : files(part)) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** A registry that is open for long, and rolls from version to version. */
    @Test
    void whatIsNoLongerPinnedMakesRoom() throws IOException {
        registerFour();
        try (ModelRegistry registry = open(bounded())) {
            for (int round = 0; round < 3; round++) {
                for (int minor = 0; minor < 4; minor++) {
                    String version = "1." + minor + ".0";
                    try (PinnedFolder pinned =
                            registry.artifacts("iris:" + version).pin()) {
                        assertThat(pinned.path().resolve("model.bin"))
                                .hasBinaryContent(content("iris" + version, SIZE));
                    }
                    assertThat(bytesKept()).isLessThanOrEqualTo(THREE_FILES);
                }
            }
        }
    }

    @Test
    void whatWasPinnedCountsAsUsedWhenItIsGivenBack() throws IOException {
        registerFour();
        try (ModelRegistry registry = open(bounded())) {
            PinnedFolder longUsed = registry.artifacts("iris:1.0.0").pin();
            registry.artifacts("iris:1.1.0").pin().close();
            age("1.0.0", 5);
            age("1.1.0", 3);
            longUsed.close();
            registry.artifacts("iris:1.2.0").pin().close();
            registry.artifacts("iris:1.3.0").pin().close();
        }
        assertThat(content("iris1.0.0")).exists();
        assertThat(content("iris1.1.0")).doesNotExist();
    }

    @Test
    void whatWasUsedLeastRecentlyGoes() throws IOException {
        registerFour();
        use("1.0.0");
        use("1.1.0");
        use("1.2.0");
        age("1.0.0", 1);
        age("1.1.0", 3);
        age("1.2.0", 2);
        use("1.3.0");
        assertThat(content("iris1.1.0")).doesNotExist();
        assertThat(content("iris1.0.0")).exists();
        assertThat(content("iris1.3.0")).exists();
        assertThat(bytesKept()).isLessThanOrEqualTo(THREE_FILES);
        use("1.1.0");
    }

    @Test
    void usingAContentMakesItRecent() throws IOException {
        registerFour();
        use("1.0.0");
        use("1.1.0");
        use("1.2.0");
        age("1.0.0", 3);
        age("1.1.0", 2);
        age("1.2.0", 1);
        use("1.0.0");
        use("1.3.0");
        assertThat(content("iris1.1.0")).doesNotExist();
        assertThat(content("iris1.0.0")).exists();
    }

    @Test
    void whatAnOpenRegistryUsesStays() throws IOException {
        registerFour();
        ModelRegistry user = open(bounded());
        Path oldest = user.artifacts("iris:1.0.0").materialize();
        age("1.0.0", 9);
        for (int round = 0; round < 3; round++) {
            use("1.1.0");
            use("1.2.0");
            use("1.3.0");
        }
        assertThat(oldest.resolve("model.bin")).hasBinaryContent(content("iris1.0.0", SIZE));
        assertThat(content("iris1.0.0")).exists();
        assertThat(bytesKept() - SIZE).isLessThanOrEqualTo(THREE_FILES); // The link counts twice here.
    }

    @Test
    void whatFindsNoRoomBesideWhatIsInUseIsRefusedAndFindsItLater() throws IOException {
        registerFour();
        ModelRegistry user = open(bounded());
        for (String version : new String[] {"1.0.0", "1.1.0", "1.2.0"}) {
            user.artifacts("iris:" + version).materialize();
        }
        transfers();
        ModelRegistry other = open(bounded());
        other.resolve("iris:1.3.0");
        List<Path> documents = documents();
        LocalCacheException refused = refused(
                () -> other.artifacts("iris:1.3.0").materialize(),
                LocalCacheException.class,
                ErrorCode.UNAVAILABLE,
                "'models/iris/1.3.0/model.bin' has " + SIZE + " bytes",
                "in use",
                "maxBytes");
        assertThat(refused.folder()).isEqualTo(folder());
        assertThat(documents()).as("a refusal deletes nothing").isNotEmpty().containsAll(documents);
        assertThat(transfers()).isEmpty();
        assertThat(content("iris1.3.0")).doesNotExist();
        user.close();
        assertThat(other.artifacts("iris:1.3.0").materialize().resolve("model.bin"))
                .hasBinaryContent(content("iris1.3.0", SIZE));
    }

    @Test
    void aVersionThatCanNeverFitIsRefusedBeforeAnyTransfer() throws IOException {
        try (ModelRegistry registry = elsewhere()) {
            Registration.Builder large = Registration.of("large");
            for (int i = 0; i < 4; i++) {
                large.file("part" + i, content("part" + i, SIZE));
            }
            registry.register(large.build());
        }
        remote.requests();
        ModelRegistry registry = open(bounded());
        refused(
                () -> registry.artifacts("large").materialize(),
                LocalCacheException.class,
                ErrorCode.INVALID,
                "'large:1.0.0' has " + 4 * SIZE + " bytes",
                "bounded to " + THREE_FILES);
        assertThat(transfers()).isEmpty();
        assertThat(files("contents")).isEmpty();
    }

    @Test
    void aContentThatAVersionHoldsTwiceCountsOnce() {
        byte[] bytes = content("twin", SIZE);
        try (ModelRegistry registry = elsewhere()) {
            Registration.Builder twins = Registration.of("twins");
            for (int i = 0; i < 8; i++) {
                twins.file("part" + i, bytes);
            }
            registry.register(twins.build());
        }
        assertThat(open(bounded()).artifacts("twins").materialize().resolve("part7"))
                .hasBinaryContent(bytes);
    }

    @Test
    void theCacheIsNotWalkedWhileThereIsRoom() throws IOException {
        registerFour();
        use("1.0.0");
        Files.writeString(folder().resolve("locks/bytes"), "12345\n");
        use("1.1.0");
        String counted = Files.readString(folder().resolve("locks/bytes"));
        assertThat(Long.parseLong(counted.strip()))
                .isBetween(12345L + SIZE, 12345L + SIZE + 5000); // A manifest was kept, too.
    }

    @Test
    void aLostOrTornCountIsMadeAgain() throws IOException {
        registerFour();
        use("1.0.0");
        for (byte[] torn : new byte[][] {{}, "1".getBytes(UTF_8), "x\n".getBytes(UTF_8)}) {
            Files.write(folder().resolve("locks/bytes"), torn);
            Files.deleteIfExists(content("iris1.1.0"));
            use("1.1.0");
            assertThat(Long.parseLong(
                            Files.readString(folder().resolve("locks/bytes")).strip()))
                    .isBetween(2L * SIZE, 2L * SIZE + 20_000);
        }
        Files.delete(folder().resolve("locks/bytes"));
        use("1.2.0");
        assertThat(content("iris1.2.0")).exists();
    }

    @Test
    void filesOfVersionsMayBeNamedAsThoseThatAreBeingFilled() {
        try (ModelRegistry registry = elsewhere()) {
            registry.register(Registration.of("odd")
                    .file("a~b", content("a", SIZE))
                    .file("filling/9~x~y", content("b", SIZE))
                    .build());
        }
        register("iris", "1.0.0", SIZE);
        register("iris", "1.1.0", SIZE);
        ModelRegistry user = open(bounded());
        Path odd = user.artifacts("odd").materialize();
        use("1.0.0");
        use("1.1.0");
        assertThat(odd.resolve("filling/9~x~y")).hasBinaryContent(content("b", SIZE));
        assertThat(content("iris1.0.0")).doesNotExist();
    }

    @Test
    void documentsCountAndGo() throws IOException {
        for (int i = 0; i < 30; i++) {
            register("model" + i, "1.0.0", 10);
        }
        try (ModelRegistry registry = open(cache().maxBytes(20_000))) {
            for (int i = 0; i < 30; i++) {
                registry.get("model" + i);
            }
        }
        assertThat(bytesKept()).isBetween(5_000L, 20_000L);
    }

    @Test
    void aDocumentThatFindsNoRoomIsReadAllTheSame() throws IOException {
        register("iris", "1.0.0", 10);
        ModelRegistry registry = open(cache().maxBytes(5));
        assertThat(registry.get("iris").ref()).hasToString("iris:1.0.0");
        assertThat(files("documents")).isEmpty();
    }

    private List<Path> documents() throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve("documents"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
