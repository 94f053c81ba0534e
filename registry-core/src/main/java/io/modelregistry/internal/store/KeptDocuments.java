package io.modelregistry.internal.store;

import io.modelregistry.registry.OfflineException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** An ability of a node that keeps documents on this host. */
public interface KeptDocuments {
    /**
     * Reads a document that never changes, without asking the store if it is kept.
     *
     * @param isRight whether bytes are those of the document; kept ones that are not are read again, and what the store
     *     gives is kept only if it is right, and returned in any case
     */
    byte[] readImmutable(StorageKey key, Predicate<byte[]> isRight) throws IOException;

    /**
     * A document that may change, as it was when it was read last; for reads that may be answered while the store
     * cannot be reached, never for a decision that is written.
     */
    Optional<OpenObject> lastKnown(StorageKey key) throws IOException;

    /** Reads a document that never changes from any node. */
    static byte[] readImmutable(StorageNode node, StorageKey key, Predicate<byte[]> isRight) throws IOException {
        return node instanceof KeptDocuments keeping ? keeping.readImmutable(key, isRight) : node.readAll(key);
    }

    /** Whether a read failed because the store is not asked or not reached, and the host wants what is known then. */
    static boolean isOffline(IOException failed) {
        return failed.getCause() instanceof OfflineException;
    }

    /** What is known of a document of any node. */
    static Optional<OpenObject> lastKnown(StorageNode node, StorageKey key) throws IOException {
        return node instanceof KeptDocuments keeping ? keeping.lastKnown(key) : Optional.empty();
    }
}
