package io.modelregistry.internal.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.internal.cache.CacheSettings.Reports;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which heads are kept, and what is not taken for one; the caller asks with the etag that it knows, as a registry. */
class KeptHeadsTest {
    private static final StorageKey HEAD = ModelKeys.of(ModelName.parse("iris")).head();
    private static final int LARGE = (16 << 20) + 1;

    @TempDir
    Path temporary;

    private final InMemoryStorageNode store = new InMemoryStorageNode();
    private final List<StorageNode> opened = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        byte[] document =
                RegistryDocumentCodec.encode(new RegistryDocumentCodec.Content("id", Instant.EPOCH, List.of()));
        store.write(ModelKeys.REGISTRY, Content.of(document), WriteCondition.unconditional());
    }

    @AfterEach
    void close() {
        opened.forEach(StorageNode::close);
    }

    private CachingNode open(StorageNode node, Reach reach) throws IOException {
        Reports reports = new Reports() {
            @Override
            public void offline(String why) {
                heard.add("offline: " + why);
            }

            @Override
            public void online() {
                heard.add("online");
            }
        };
        CachingNode caching = CachingNode.borrowing(node, Caches.settings(temporary.resolve("cache"), reach, reports));
        opened.add(caching);
        if (reach != Reach.CACHE_ONLY) {
            caching.readAll(ModelKeys.REGISTRY);
        }
        return caching;
    }

    private CachingNode open() throws IOException {
        return open(store, Reach.STORE);
    }

    private static StoredObject writeHead(StorageNode node, String head) throws IOException {
        return node.write(HEAD, Content.of(head.getBytes(UTF_8)), WriteCondition.unconditional());
    }

    private static Optional<OpenObject> read(StorageNode node, @Nullable StoredObject known) throws IOException {
        return node.open(HEAD, ByteRange.ALL, known == null ? null : known.etag());
    }

    /** What a host that starts without the store is served. */
    private String kept() throws IOException {
        try (CachingNode offline = CachingNode.borrowing(store, offlineSettings());
                OpenObject object = offline.lastKnown(HEAD).orElseThrow()) {
            return new String(object.stream().readAllBytes(), UTF_8);
        }
    }

    private CacheSettings offlineSettings() {
        return Caches.settings(temporary.resolve("cache"), Reach.CACHE_ONLY, new Reports() {
            @Override
            public void offline(String why) {
                heard.add(why);
            }

            @Override
            public void online() {
                heard.add("online");
            }
        });
    }

    private List<Path> documents() throws IOException {
        try (Stream<Path> all = Files.walk(temporary.resolve("cache/documents"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aNewerHeadThatASlowReaderReplacedIsKeptAgainByTheNextRead() throws IOException {
        writeHead(store, "first");
        CachingNode writer = open();
        StoredObject[] second = new StoredObject[1];
        CachingNode slow = open(
                new ForwardingNode(store) {
                    @Override
                    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                            throws IOException {
                        Optional<OpenObject> answer = super.open(key, range, unlessEtag);
                        if (key.equals(HEAD)) {
                            second[0] = writeHead(writer, "second");
                        }
                        return answer;
                    }
                },
                Reach.STORE);
        read(slow, null).orElseThrow().close();
        assertThat(kept()).isEqualTo("first");
        assertThat(read(writer, second[0])).as("it is what the caller knows").isEmpty();
        assertThat(kept()).isEqualTo("second");
    }

    @Test
    void aHeadThatAnotherProcessKeptIsNotTransferredOnceMore() throws IOException {
        StoredObject first = writeHead(store, "first");
        List<String> asked = new ArrayList<>();
        CachingNode node = open(
                new ForwardingNode(store) {
                    @Override
                    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                            throws IOException {
                        Optional<OpenObject> answer = super.open(key, range, unlessEtag);
                        asked.add(answer.isPresent() ? "read" : "same");
                        return answer;
                    }
                },
                Reach.STORE);
        read(node, null).orElseThrow().close();
        writeHead(open(), "second");
        asked.clear();
        try (OpenObject second = read(node, first).orElseThrow()) {
            assertThat(second.stream().readAllBytes()).asString().isEqualTo("second");
        }
        assertThat(asked).containsExactly("same");
    }

    @Test
    void whileNothingCanBeKeptAnUnchangedHeadIsNotTransferred() throws IOException {
        writeHead(store, "first");
        List<String> asked = new ArrayList<>();
        CachingNode node = open(
                new ForwardingNode(store) {
                    @Override
                    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                            throws IOException {
                        Optional<OpenObject> answer = super.open(key, range, unlessEtag);
                        asked.add(answer.isPresent() ? "read" : "same");
                        return answer;
                    }
                },
                Reach.STORE);
        read(node, null).orElseThrow().close();
        try (Stream<Path> all = Files.walk(temporary.resolve("cache/sessions"))) {
            Path filling =
                    all.filter(path -> path.endsWith("filling")).findFirst().orElseThrow();
            Files.move(filling, filling.resolveSibling("gone"));
        }
        writeHead(store, "second");
        StoredObject second;
        try (OpenObject object = read(node, null).orElseThrow()) {
            second = object.object();
        }
        asked.clear();
        assertThat(read(node, second)).isEmpty();
        assertThat(asked).containsExactly("same");
    }

    @Test
    void aFileOfAVersionThatIsNamedAsAHeadIsNotKeptAsADocument() throws IOException {
        CachingNode node = open();
        List<Path> before = documents();
        for (String folder : List.of("models/iris/1.0.0", "models/nlp/iris/1.0.0", "models/iris/1.0.0~a", "models")) {
            StorageKey file = KeyPrefix.of(folder).key(ModelKeys.HEAD);
            node.write(file, Content.of(new byte[] {1}), WriteCondition.unconditional());
            assertThat(node.readAll(file)).containsExactly(1);
        }
        assertThat(documents()).isEqualTo(before);
        node.write(
                StorageKey.of("models/nlp/iris/_model.json"), Content.of(new byte[1]), WriteCondition.unconditional());
        assertThat(documents()).hasSize(before.size() + 1);
    }

    @Test
    void aHeadThatIsTooLargeIsReadAndNotKeptAndReplacesWhatWas() throws IOException {
        CachingNode node = open();
        writeHead(node, "small");
        store.write(HEAD, Content.of(new byte[LARGE]), WriteCondition.unconditional());
        assertThat(node.readAll(HEAD)).hasSize(LARGE);
        assertThat(node.lastKnown(HEAD)).isEmpty();
        writeHead(node, "small again");
        node.write(HEAD, Content.of(new byte[LARGE]), WriteCondition.unconditional());
        assertThat(node.lastKnown(HEAD)).isEmpty();
    }

    @Test
    void aSourceOfTheCallerThatTimesOutSaysNothingOfTheStore() throws IOException {
        CachingNode node = open(store, Reach.CACHE_IF_UNREACHABLE);
        for (boolean opens : new boolean[] {true, false}) {
            IOException failure = new SocketTimeoutException("the source of the host");
            Content content = new Content() {
                @Override
                public long size() {
                    return 1;
                }

                @Override
                public InputStream open() throws IOException {
                    if (!opens) {
                        throw failure;
                    }
                    return new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw failure;
                        }
                    };
                }
            };
            StorageKey file = StorageKey.of("models/iris/1.0.0/model.bin");
            assertThatThrownBy(() -> node.write(file, content, WriteCondition.unconditional()))
                    .isSameAs(failure);
            assertThat(node.list(KeyPrefix.of("models/iris"), null, 10)).isEmpty();
        }
        assertThat(heard).isEmpty();
    }
}
