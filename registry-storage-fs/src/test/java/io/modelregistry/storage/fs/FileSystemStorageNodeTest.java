package io.modelregistry.storage.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageNodeProvider;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.PatternContent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemStorageNodeTest {
    private static final StorageKey KEY = StorageKey.of("models/iris/_model.json");

    @TempDir
    private Path folder;

    private Path root;
    private FileSystemStorageNode node;

    @BeforeEach
    void open() {
        root = folder.resolve("a/registry");
        node = FileSystemStorageNode.at(root);
    }

    private static void put(StorageNode node, String key) throws IOException {
        node.write(StorageKey.of(key), Content.of(key.getBytes(UTF_8)), WriteCondition.unconditional());
    }

    private List<String> keys() throws IOException {
        return node.list(KeyPrefix.ROOT, null, 1000).stream()
                .map(ListedObject::key)
                .map(StorageKey::value)
                .toList();
    }

    @Test
    void anObjectIsAPlainFileAndNothingOfOursStaysBesideIt() throws IOException {
        put(node, KEY.value());
        put(node, KEY.value());
        assertThat(root.resolve("models/iris/_model.json")).hasContent(KEY.value());
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(path -> root.relativize(path).toString()))
                    .allMatch(name -> name.equals(KEY.value()) || name.startsWith(".locks/"));
        }
    }

    @Test
    void aMissingFolderIsAnEmptyStoreAndStaysMissing() throws IOException {
        assertThat(keys()).isEmpty();
        assertThat(node.find(KEY)).isEmpty();
        assertThat(node.listFolders(KeyPrefix.ROOT, null, 1)).isEmpty();
        assertThatThrownBy(() -> node.open(KEY)).isExactlyInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> node.copy(KEY, StorageKey.of("x"))).isExactlyInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> node.path(KEY)).isExactlyInstanceOf(NoSuchKeyException.class);
        node.delete(KEY);
        assertThat(root.getParent()).doesNotExist();
    }

    @Test
    void aRootThatIsAFileIsRefused() throws IOException {
        Files.createDirectories(root.getParent());
        Files.writeString(root, "x");
        assertThatThrownBy(() -> node.find(KEY))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining("not a folder");
        assertThatThrownBy(() -> put(node, "a"))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining("not a folder");
    }

    @Test
    void theRootMayBeASymbolicLink() throws IOException {
        Path real = Files.createDirectories(folder.resolve("real"));
        Files.createDirectories(root.getParent());
        Files.createSymbolicLink(root, real);
        put(node, KEY.value());
        assertThat(real.resolve(KEY.value())).exists();
        assertThat(keys()).containsExactly(KEY.value());
        assertThat(node.path(KEY)).isEqualTo(real.toRealPath().resolve(KEY.value()));
    }

    @Test
    void aLinkBelowTheRootIsRefusedAndNothingIsWrittenThroughIt() throws IOException {
        put(node, "models/iris/x");
        Path outside = Files.createDirectories(folder.resolve("outside/below"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("models/out"), outside.getParent());
        Files.createSymbolicLink(root.resolve("models/iris/file"), outside.resolve("secret"));
        for (String key : new String[] {"models/out/below/secret", "models/iris/file"}) {
            StorageKey linked = StorageKey.of(key);
            assertThatThrownBy(() -> node.find(linked))
                    .hasMessageContaining(key)
                    .hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> node.open(linked)).isExactlyInstanceOf(StorageException.class);
            assertThatThrownBy(() -> node.path(linked)).isExactlyInstanceOf(StorageException.class);
            assertThatThrownBy(() -> node.delete(linked)).isExactlyInstanceOf(StorageException.class);
            assertThatThrownBy(() -> node.copy(linked, StorageKey.of("copy")))
                    .isExactlyInstanceOf(StorageException.class);
        }
        for (String key : new String[] {"models/out/new", "models/out/new/folder/x", "models/out/below/secret"}) {
            assertThatThrownBy(() -> put(node, key))
                    .isExactlyInstanceOf(StorageException.class)
                    .hasMessageContaining("'" + key + "'")
                    .hasMessageContaining("'models/out' is a symbolic link");
        }
        assertThatThrownBy(() -> node.list(KeyPrefix.of("models/out"), null, 9))
                .isExactlyInstanceOf(StorageException.class);
        assertThatThrownBy(() -> node.folder(KeyPrefix.of("models/out"))).isExactlyInstanceOf(StorageException.class);
        assertThat(keys()).as("links are not objects").containsExactly("models/iris/x");
        assertThat(outside.resolve("secret")).hasContent("secret");
        try (Stream<Path> files = Files.list(outside.getParent())) {
            assertThat(files).containsExactly(outside);
        }
    }

    @Test
    void namesThatAreNoKeysAreNotListed() throws IOException {
        put(node, "models/iris/x");
        for (String foreign :
                new String[] {".DS_Store", "models/.hidden/y", "models/b\u00fc/y", "models/a:b", "models/end./y"}) {
            Path file = root.resolve(foreign);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "foreign");
        }
        assertThat(keys()).containsExactly("models/iris/x");
        assertThat(node.listFolders(KeyPrefix.of("models"), null, 9)).containsExactly("iris");
    }

    @Test
    void emptyFoldersAreNotListedAndNotInTheWay() throws IOException {
        Files.createDirectories(root.resolve("models/hollow/deep/er"));
        assertThat(node.listFolders(KeyPrefix.ROOT, null, 9)).isEmpty();
        put(node, "models/hollow");
        assertThat(keys()).containsExactly("models/hollow");
    }

    @Test
    void deletesRemoveEmptyFoldersUpToTheRoot() throws IOException {
        put(node, "a/b/c/d");
        put(node, "a/e");
        node.delete(StorageKey.of("a/b/c/d"));
        assertThat(root.resolve("a/b")).doesNotExist();
        node.delete(StorageKey.of("a/e"));
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(root).exists();
    }

    @Test
    void aPageReadsOnlyTheFoldersItNeedsAndNoFile() throws IOException {
        for (int i = 10; i < 40; i++) {
            put(node, "m/" + i + "/deep/x");
            put(node, "m/" + i + "/y");
        }
        RecordingOperations watched = new RecordingOperations(root.toRealPath());
        StorageKey after = StorageKey.of("m/20/deep/x");
        assertThat(watched.node().list(KeyPrefix.of("m"), after, 3)).hasSize(3);
        assertThat(watched.calls)
                .containsExactly("visit m", "visit m/20", "visit m/20/deep", "visit m/21", "visit m/21/deep");
        watched.calls.clear();
        assertThat(watched.node().listFolders(KeyPrefix.of("m"), "20", 2)).containsExactly("21", "22");
        assertThat(watched.calls)
                .hasSizeLessThanOrEqualTo(5)
                .allMatch(call -> call.matches("visit m(/2[12](/deep)?)?"));
    }

    @Test
    void aCopySharesTheFileAndLeavesTheEtagOfItsSource() throws IOException {
        StorageKey copy = StorageKey.of("copy");
        String etag = node.write(KEY, new PatternContent(1, 9 << 20), WriteCondition.unconditional())
                .etag();
        node.copy(KEY, copy);
        assertThat(node.find(KEY).orElseThrow().etag()).isEqualTo(etag);
        assertThat(Files.readAttributes(node.path(copy), "fileKey"))
                .isEqualTo(Files.readAttributes(node.path(KEY), "fileKey"));
    }

    @Test
    void localFilesAreWhereTheKeysSay() throws IOException {
        put(node, KEY.value());
        assertThat(node.path(KEY))
                .isEqualTo(root.toRealPath().resolve(KEY.value()))
                .hasContent(KEY.value());
        assertThat(node.folder(KeyPrefix.of("models")))
                .isEqualTo(root.toRealPath().resolve("models"));
        assertThat(node.folder(KeyPrefix.of("not/yet")))
                .isEqualTo(root.toRealPath().resolve("not/yet"));
        assertThatThrownBy(() -> node.path(StorageKey.of("models"))).isExactlyInstanceOf(NoSuchKeyException.class);
    }

    @Test
    void theFirstWriteSweepsWhatDeadProcessesLeft() throws IOException {
        Path temporaries = Files.createDirectories(root.resolve(".tmp"));
        String nonce = "0123456789abcdef0123456789abcdef";
        Path dead = Files.writeString(temporaries.resolve("11-" + nonce), "x");
        Path alive = Files.writeString(temporaries.resolve("12-" + nonce), "x");
        Path begun = temporaries.resolve(Instant.now().getEpochSecond() + "-" + nonce);
        Files.writeString(begun, "a link has the time of another file");
        Path foreign = Files.writeString(temporaries.resolve("notes.txt"), "x");
        Instant now = Files.getLastModifiedTime(alive).toInstant();
        FileTime old = FileTime.from(now.minus(Temporaries.GRACE).minus(Duration.ofMinutes(1)));
        Files.setLastModifiedTime(dead, old);
        Files.setLastModifiedTime(begun, old);
        Files.setLastModifiedTime(foreign, old);
        assertThat(keys()).isEmpty();
        assertThat(dead).exists();
        put(new FileSystemStorageNode(root, new DiskOperations(), Clock.fixed(now, ZoneOffset.UTC)), "a");
        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
        assertThat(begun).exists();
        assertThat(foreign).exists();
    }

    /** Processes of different releases must take the same lock for a key. */
    @Test
    void aKeyHasTheSameLockForever() throws IOException {
        put(node, "a");
        Tree tree = new Tree(new DiskOperations(), root);
        Path real = root.toRealPath();
        assertThat(tree.lock(real.resolve("models/iris/_model.json"))).isEqualTo(real.resolve(".locks/53"));
        assertThat(tree.lock(real.resolve("MODELS/Iris/_model.json"))).isEqualTo(real.resolve(".locks/53"));
        assertThat(tree.lock(real.resolve("models/digits/1.0.0_meta.json"))).isEqualTo(real.resolve(".locks/03"));
    }

    @Test
    void aNodeIsOpenedByUri() throws IOException {
        StorageNodeProvider provider = ServiceLoader.load(StorageNodeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.scheme().equals("file"))
                .findFirst()
                .orElseThrow();
        put(provider.open(root.toUri()), "a/b");
        assertThat(keys()).containsExactly("a/b");
        for (String refused : new String[] {"s3://bucket/x", "file:relative", "file://host/x", "file:///x?y=z"}) {
            assertThatThrownBy(() -> provider.open(URI.create(refused)))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Cannot open storage node '" + refused + "'")
                    .hasMessageEndingWith("expected file:///path/to/folder");
        }
    }
}
