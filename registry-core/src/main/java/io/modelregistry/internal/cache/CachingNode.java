package io.modelregistry.internal.cache;

import io.modelregistry.internal.cache.DocumentFiles.Document;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.internal.store.KeptDocuments;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.Presigning;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A remote store with a cache on this host. Thread-safe.
 *
 * <p>Heads are kept with their etags: the store is asked whether they are still the same, and transfers them only if
 * not. Documents that never change are kept without asking. Everything else goes to the store, unless it cannot be
 * reached and the host wants to be served from the cache then. The files of versions are kept by {@link #files}.
 *
 * <p>Documents are kept apart by registry, which is known once its own document was read.
 */
public final class CachingNode implements StorageNode, Presigning, KeptDocuments {
    private static final Logger LOG = LoggerFactory.getLogger(CachingNode.class);
    private static final int NAME_LENGTH = 32;
    private static final String UNKNOWN = "the local cache has no answer";

    private final StorageNode node;
    private final Runnable closeNode;
    private final Session session;
    private final DocumentFiles documents;
    private final CachedFiles files;
    private final Connection connection;
    private volatile @Nullable String registry;

    private CachingNode(StorageNode node, Runnable closeNode, Session session, Parts parts) {
        this.node = node;
        this.closeNode = closeNode;
        this.session = session;
        this.documents = parts.documents;
        this.connection = parts.connection;
        this.files = new CachedFiles(this, parts.cache, session, parts.quota);
    }

    private record Parts(
            CacheSettings settings, CacheFolder cache, Quota quota, DocumentFiles documents, Connection connection) {}

    /**
     * Opens a cache of a store; closing it closes the store's node.
     *
     * @throws io.modelregistry.registry.LocalCacheException if the folder cannot be used; the node stays open
     */
    public static CachingNode owning(StorageNode node, CacheSettings settings) {
        return open(node, node::close, settings, Disk.LOCAL);
    }

    /**
     * Opens a cache of a store; closing it leaves the store's node open.
     *
     * @throws io.modelregistry.registry.LocalCacheException if the folder cannot be used
     */
    public static CachingNode borrowing(StorageNode node, CacheSettings settings) {
        return open(node, () -> {}, settings, Disk.LOCAL);
    }

    static CachingNode open(StorageNode node, Runnable closeNode, CacheSettings settings, Disk disk) {
        CacheFolder cache = CacheFolder.open(settings.folder(), disk);
        Session session = new Session(cache, settings.clock());
        Quota quota = new Quota(cache, settings.maxBytes());
        Connection connection = new Connection(settings, System::nanoTime);
        DocumentFiles documents = new DocumentFiles(cache, session, quota, System::nanoTime);
        connection.begin();
        Parts parts = new Parts(settings, cache, quota, documents, connection);
        return new CachingNode(node, closeNode, session, parts);
    }

    /** The files of versions. */
    public CachedFiles files() {
        return files;
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        boolean kept = range.equals(ByteRange.ALL) && isKept(key);
        return asking(
                "read '" + key + "'",
                UNKNOWN,
                () -> kept ? openKept(key, unlessEtag) : node.open(key, range, unlessEtag));
    }

    private static boolean isKept(StorageKey key) {
        return key.equals(ModelKeys.REGISTRY) || isHead(key);
    }

    private static boolean isHead(StorageKey key) {
        return ModelKeys.isHead(key) || DeploymentKeys.isHead(key);
    }

    /**
     * The store is asked for what differs from the kept head, not from the one that the caller knows: a newer one that
     * was read or written before may not have been kept, or was replaced by a slower reader, and is to be kept for
     * whoever starts without the store. Only while nothing can be kept that would transfer it in vain.
     */
    private Optional<OpenObject> openKept(StorageKey key, @Nullable String unlessEtag) throws IOException {
        if (key.equals(ModelKeys.REGISTRY)) {
            return openRegistry(unlessEtag);
        }
        String name = registry;
        if (name == null) {
            return node.open(key, ByteRange.ALL, unlessEtag);
        }
        Optional<Document> known = documents.find(name, key);
        String etag = known.map(document -> document.object().etag()).orElse(null);
        if (unlessEtag != null && !documents.isKeeping()) {
            etag = unlessEtag;
        }
        Optional<OpenObject> opened = node.open(key, ByteRange.ALL, etag);
        if (opened.isEmpty()) {
            return Objects.equals(etag, unlessEtag) ? Optional.empty() : known.map(CachingNode::opened);
        }
        if (opened.get().object().size() > DocumentFiles.MOST_BYTES) {
            documents.forget(name, key);
            return opened;
        }
        Document read = read(opened.get());
        documents.keep(name, read);
        return read.object().etag().equals(unlessEtag) ? Optional.empty() : Optional.of(opened(read));
    }

    /** The registry's own document tells whose documents the others are, and so cannot be asked for by its etag. */
    private Optional<OpenObject> openRegistry(@Nullable String unlessEtag) throws IOException {
        Optional<OpenObject> opened = node.open(ModelKeys.REGISTRY, ByteRange.ALL, unlessEtag);
        if (opened.isEmpty() || opened.get().object().size() > DocumentFiles.MOST_BYTES) {
            return opened;
        }
        Document read = read(opened.get());
        Optional<String> name = nameOf(read.bytes());
        if (name.isPresent()) {
            registry = name.get();
            boolean isNew = documents
                    .find(name.get(), ModelKeys.REGISTRY)
                    .filter(known -> known.object().equals(read.object()))
                    .isEmpty();
            if (isNew) {
                documents.keep(name.get(), read);
            }
        }
        return Optional.of(opened(read));
    }

    private Optional<String> nameOf(byte[] registryDocument) {
        try {
            String id = RegistryDocumentCodec.decode(registryDocument).id();
            String named = id + "\n" + node.location();
            return Optional.of(Digest.sha256(CacheFolder.text(named)).hex().substring(0, NAME_LENGTH));
        } catch (MalformedDocumentException | Formats.NewerFormatException e) {
            LOG.debug("Not keeping documents of a registry that cannot be read", e);
            return Optional.empty();
        }
    }

    private static Document read(OpenObject opened) throws IOException {
        try (opened) {
            return new Document(opened.object(), opened.stream().readAllBytes());
        }
    }

    private static OpenObject opened(Document document) {
        return new OpenObject(document.object(), new ByteArrayInputStream(document.bytes()));
    }

    @Override
    public Optional<OpenObject> lastKnown(StorageKey key) throws IOException {
        Optional<String> name = offlineRegistry();
        return name.isEmpty()
                ? Optional.empty()
                : documents.find(name.get(), key).map(CachingNode::opened);
    }

    /** The only registry of such a store in the cache; with more than one it would be a guess. */
    private Optional<String> offlineRegistry() throws IOException {
        String name = registry;
        if (name != null) {
            return Optional.of(name);
        }
        List<String> found = new ArrayList<>();
        for (String candidate : documents.registries()) {
            documents
                    .find(candidate, ModelKeys.REGISTRY)
                    .flatMap(document -> nameOf(document.bytes()))
                    .filter(candidate::equals)
                    .ifPresent(found::add);
        }
        if (found.size() > 1) {
            throw connection.refused(
                    "open the registry",
                    "the local cache holds " + found.size() + " registries, of which each needs a cache of its own",
                    null);
        }
        if (!found.isEmpty()) {
            registry = found.get(0);
        }
        return found.stream().findFirst();
    }

    @Override
    public byte[] readImmutable(StorageKey key, Predicate<byte[]> isRight) throws IOException {
        String name = registry;
        if (name != null) {
            Optional<Document> known = documents.find(name, key);
            if (known.isPresent() && isRight.test(known.get().bytes())) {
                return known.get().bytes();
            }
        }
        Document read = read(open(key, ByteRange.ALL, null).orElseThrow());
        if (name != null && isRight.test(read.bytes())) {
            documents.keep(name, read);
        }
        return read.bytes();
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return asking("find '" + key + "'", UNKNOWN, () -> node.find(key));
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        return asking("list '" + prefix + "'", UNKNOWN, () -> node.list(prefix, startAfter, limit));
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        return asking(
                "list the folders of '" + prefix + "'", UNKNOWN, () -> node.listFolders(prefix, startAfter, limit));
    }

    /** A call of the store that the cache has no answer to. */
    @FunctionalInterface
    private interface Question<T> {
        T ask() throws IOException;
    }

    private <T> T asking(String action, String otherwise, Question<T> question) throws IOException {
        if (!connection.isAsked()) {
            throw connection.refused(action, otherwise, null);
        }
        try {
            T answer = question.ask();
            connection.answered();
            return answer;
        } catch (IOException e) {
            if (connection.isLost(e)) {
                throw connection.refused(action, otherwise, e);
            }
            throw e;
        }
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        HostContent source = new HostContent(content);
        StoredObject written =
                changing("write '" + key + "'", () -> node.write(key, source, condition), source::caused);
        String name = registry;
        if (name != null && isHead(key)) {
            keepWritten(name, content, written);
        }
        return written;
    }

    /** What was written stays written whatever happens here. */
    private void keepWritten(String name, Content content, StoredObject written) {
        if (content.size() > DocumentFiles.MOST_BYTES) {
            documents.forget(name, written.key());
            return;
        }
        try (InputStream in = content.open()) {
            documents.keep(name, new Document(written, in.readAllBytes()));
        } catch (IOException e) {
            LOG.warn("Cannot keep '{}' in the local cache", written.key(), e);
        }
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        changing("delete '" + key + "'", () -> {
            node.delete(key);
            return key;
        });
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        return changing("copy '" + from + "'", () -> node.copy(from, to));
    }

    private <T> T changing(String action, Question<T> change) throws IOException {
        return changing(action, change, failed -> false);
    }

    /**
     * Changes the store. A failure comes back as it is: it may have taken effect, and only the caller can find out.
     *
     * @param isOwn tells failures of the caller, which say nothing of the store
     */
    private <T> T changing(String action, Question<T> change, Predicate<IOException> isOwn) throws IOException {
        if (!connection.isAsked()) {
            throw connection.refused(action, "nothing can be changed", null);
        }
        try {
            T done = change.ask();
            connection.answered();
            return done;
        } catch (IOException e) {
            if (!isOwn.test(e)) {
                connection.isLost(e);
            }
            throw e;
        }
    }

    @Override
    public void ensureDurable(StorageKey key) throws IOException {
        changing("make '" + key + "' durable", () -> {
            node.ensureDurable(key);
            return key;
        });
    }

    @Override
    public Optional<URI> findDownloadLink(StorageKey key, Duration validFor) throws IOException {
        return node instanceof Presigning presigning ? presigning.findDownloadLink(key, validFor) : Optional.empty();
    }

    @Override
    public String location() {
        return node.location();
    }

    @Override
    public long copyFromBytes() {
        return node.copyFromBytes();
    }

    @Override
    public long maxConditionalSize() {
        return node.maxConditionalSize();
    }

    @Override
    public void close() {
        session.close();
        closeNode.run();
    }
}
