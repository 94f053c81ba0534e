package io.modelregistry.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.internal.store.FileVerifier;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.FileKind;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache on a disk without hard links. */
class CopyingCacheTest {
    private static final int SIZE = 100_000;

    @TempDir
    Path temporary;

    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final FileVerifier verifier = new FileVerifier();
    private CacheFolder cache;

    @BeforeEach
    void open() {
        cache = CacheFolder.open(temporary.resolve("cache"), Disk.LOCAL).copying();
    }

    private CachedFiles files(Session session, long maxBytes) throws IOException {
        return new CachedFiles(node, cache, session, new Quota(cache, maxBytes));
    }

    private CachedFile stored(String name) throws IOException {
        byte[] bytes = bytes(name);
        StorageKey key = StorageKey.of("files/" + name);
        node.write(key, Content.of(bytes), WriteCondition.unconditional());
        return new CachedFile(
                key, new ArtifactFile(ArtifactPath.of(name), SIZE, Digest.sha256(bytes), FileKind.WEIGHTS));
    }

    private static byte[] bytes(String name) {
        byte[] bytes = new byte[SIZE];
        new Random(name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    private List<Path> kept(String part) throws IOException {
        try (Stream<Path> all = Files.walk(cache.root().resolve(part))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void filesAreCopiedAndFetchedOnce() throws IOException {
        CachedFile file = stored("a");
        try (Session first = new Session(cache, Clock.systemUTC());
                Session second = new Session(cache, Clock.systemUTC())) {
            Path one = files(first, 1 << 20)
                    .place("version", List.of(file), verifier)
                    .orElseThrow();
            node.delete(file.key());
            Path two = files(second, 1 << 20)
                    .place("version", List.of(file), verifier)
                    .orElseThrow();
            assertThat(one.resolve("a")).hasBinaryContent(bytes("a"));
            assertThat(two.resolve("a")).hasBinaryContent(bytes("a"));
            assertThat(Files.getAttribute(one.resolve("a"), "unix:nlink")).isEqualTo(1);
        }
        assertThat(kept("contents")).hasSize(1);
        assertThat(kept("sessions")).isEmpty();
    }

    @Test
    void copiesCountAgainstTheBoundAndAreNotTakenAway() throws IOException {
        CachedFile a = stored("a");
        CachedFile b = stored("b");
        try (Session session = new Session(cache, Clock.systemUTC())) {
            CachedFiles files = files(session, 3 * SIZE);
            Path folder = files.place("version", List.of(a), verifier).orElseThrow();
            Path other = files.place("version", List.of(b), verifier).orElseThrow();
            assertThat(folder.resolve("a")).hasBinaryContent(bytes("a"));
            assertThat(other.resolve("b")).hasBinaryContent(bytes("b"));
            assertThat(kept("contents")).hasSize(1);
            CachedFile c = stored("c");
            assertThatThrownBy(() -> files.place("version", List.of(c), verifier))
                    .isInstanceOf(LocalCacheException.class)
                    .hasMessageContaining("in use");
        }
        assertThat(kept("sessions")).isEmpty();
    }
}
