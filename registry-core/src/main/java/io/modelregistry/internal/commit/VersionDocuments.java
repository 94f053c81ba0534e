package io.modelregistry.internal.commit;

import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and replaces the documents that decide versions. */
public final class VersionDocuments {
    private final StorageNode node;

    /** Documents of a store. */
    public VersionDocuments(StorageNode node) {
        this.node = node;
    }

    /**
     * A document as it was read.
     *
     * @param document what it says
     * @param etag its generation
     * @param bytes its bytes
     */
    public record Stored(VersionDocument document, String etag, byte[] bytes) {
        /** Whether a call wrote it. */
        public boolean isBy(String operation) {
            return document.operation().equals(operation);
        }
    }

    /** The document at a key; empty if there is none. */
    public Optional<Stored> read(StorageKey key) throws IOException {
        try (OpenObject object = node.open(key, ByteRange.ALL, null).orElseThrow()) {
            byte[] bytes = object.stream().readAllBytes();
            VersionDocument document = StoreErrors.decode(key, bytes, VersionDocumentCodec::decode);
            return Optional.of(new Stored(document, object.object().etag(), bytes));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a document under a condition. When the reply is lost the document is read back, and the same bytes are
     * sent again while nothing has changed.
     *
     * @return the document at the key when the matter was decided; written by this call if it carries the same
     *     operation
     * @throws WriteOutcomeUnknownException if it is not known whether the document was written, or will be
     */
    public Stored write(StorageKey key, VersionDocument document, WriteCondition condition, Retries.Budget budget)
            throws IOException {
        byte[] bytes = VersionDocumentCodec.encode(document);
        @Nullable WriteOutcomeUnknownException unanswered = null;
        while (true) {
            IOException refused;
            try {
                String etag = node.write(key, Content.of(bytes), condition).etag();
                return new Stored(document, etag, bytes);
            } catch (WriteOutcomeUnknownException e) {
                unanswered = e;
                refused = e;
            } catch (WriteConflictException e) {
                refused = e;
            } catch (IOException e) {
                throw afterUnanswered(unanswered, e);
            }
            try {
                Optional<Stored> now = read(key);
                if (now.isPresent() && !isUnchanged(now.get(), condition)) {
                    return now.get();
                }
            } catch (CorruptionException e) {
                e.addSuppressed(refused);
                throw new WriteOutcomeUnknownException(
                        key, "Cannot tell whether '" + key + "' was written: it cannot be read back", e);
            } catch (IOException e) {
                refused.addSuppressed(e);
            }
            if (!again(budget, unanswered)) {
                throw afterUnanswered(unanswered, refused);
            }
        }
    }

    private static boolean again(Retries.Budget budget, @Nullable WriteOutcomeUnknownException unanswered)
            throws WriteOutcomeUnknownException {
        try {
            return budget.again();
        } catch (RegistryException e) {
            if (unanswered == null) {
                throw e;
            }
            unanswered.addSuppressed(e);
            throw unanswered;
        }
    }

    /** What to throw: an earlier write without an answer may have taken place, whatever happened since. */
    private static IOException afterUnanswered(@Nullable WriteOutcomeUnknownException unanswered, IOException e) {
        if (unanswered == null || unanswered == e) {
            return e;
        }
        unanswered.addSuppressed(e);
        return unanswered;
    }

    private static boolean isUnchanged(Stored now, WriteCondition condition) {
        return condition instanceof WriteCondition.IfMatches matches
                && matches.etag().equals(now.etag());
    }
}
