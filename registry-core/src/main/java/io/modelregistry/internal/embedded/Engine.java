package io.modelregistry.internal.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.VersionPublisher;
import io.modelregistry.internal.commit.VersionUploader;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.HistoryStore;
import io.modelregistry.internal.store.ManifestStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.storage.StorageNode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The parts of one open registry, shared by its views. Thread-safe. */
final class Engine {
    final StorageNode node;
    final Settings settings;
    final HeadStore heads;
    final HistoryStore history;
    final ManifestStore manifests;
    final HeadCommitter committer;
    final VersionUploader uploader;
    final VersionPublisher publisher;
    final RegistryDocument document;
    final LocalCopies copies;
    final EmbeddedDeployments.Parts deployments;
    private final Cache<String, ModelRef> references =
            Caffeine.newBuilder().maximumSize(10_000).build();
    private final Set<Runnable> whenClosed = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Engine(StorageNode node, Settings settings) {
        this(node, settings, Protocol.STANDARD);
    }

    Engine(StorageNode node, Settings settings, Protocol protocol) {
        this.node = node;
        this.settings = settings;
        PageStore pages = new PageStore(node);
        heads = new HeadStore(node, pages, settings.freshness().toNanos());
        history = new HistoryStore(node);
        manifests = new ManifestStore(node);
        EventDispatcher dispatcher = new EventDispatcher(settings.listeners());
        committer = protocol.committer(node, heads, settings.environment(), dispatcher);
        uploader = protocol.uploader(node, settings.environment());
        publisher = protocol.publisher(committer, settings);
        document = new RegistryDocument(node, settings.environment());
        copies = new LocalCopies(node);
        deployments = EmbeddedDeployments.Parts.of(node, settings.environment());
    }

    /** Makes the parts of the commit protocol; tests plant faulty ones. */
    interface Protocol {
        /** The protocol as documented. */
        Protocol STANDARD = new Protocol() {};

        /** Replaces heads. */
        default HeadCommitter committer(
                StorageNode node, HeadStore heads, Environment environment, EventDispatcher dispatcher) {
            return new HeadCommitter(node, heads, environment, dispatcher);
        }

        /** Claims and seals versions. */
        default VersionUploader uploader(StorageNode node, Environment environment) {
            return new VersionUploader(node, environment);
        }

        /** Publishes versions. */
        default VersionPublisher publisher(HeadCommitter committer, Settings settings) {
            return new VersionPublisher(
                    committer,
                    settings.policy().initial(),
                    settings.environment().ids());
        }
    }

    /** The reference that a text says; texts that were seen lately are not parsed again. */
    ModelRef reference(String text) {
        return references.get(text, ModelRef::parse);
    }

    void checkOpen(String action) {
        if (closed) {
            throw new RegistryClosedException(action);
        }
    }

    /** Runs an action when the registry is closed, which may be now. */
    void whenClosed(Runnable action) {
        whenClosed.add(action);
        if (closed) {
            action.run();
        }
    }

    void notWhenClosed(Runnable action) {
        whenClosed.remove(action);
    }

    /** Ends everything but the node; true the first time. */
    boolean close() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
        }
        whenClosed.forEach(Runnable::run);
        copies.close();
        return true;
    }
}
