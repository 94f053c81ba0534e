package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.VerifyingStream;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.Digest;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.Attaching;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Commits attachments: the content is written first, under its digest, and then named in the head. Content that no head
 * names stays.
 */
final class EmbeddedAttaching implements Attaching {
    private final EmbeddedRegistry registry;
    private final ModelRef ref;

    EmbeddedAttaching(EmbeddedRegistry registry, ModelRef ref) {
        this.registry = registry;
        this.ref = ref;
    }

    @Override
    public List<Attachment> all() {
        return registry.get(ref).attachments();
    }

    @Override
    public Attachment add(String kind, String mediaType, byte[] content) {
        Attachment.checkKind(kind);
        Attachment.checkMediaType(mediaType);
        if (content.length > MAX_BYTES) {
            throw new InvalidValueException(
                    "attachment", kind, "it has " + content.length + " bytes", "at most " + MAX_BYTES);
        }
        String action = "attach to '" + ref + "'";
        registry.engine().checkOpen(action);
        Digest digest = Digest.sha256(content);
        Set<StorageKey> stored = new HashSet<>();
        return registry.commit(action, ref.name(), "", draft -> {
            TableRow row = registry.resolver().get(draft.existing(), ref);
            registry.engine().document.ensure();
            StorageKey key = draft.keys().attachment(row.row().version(), kind, digest);
            if (stored.add(key)) {
                store(key, content, action);
            }
            return propose(draft, row, kind, new Described(mediaType, digest, content.length));
        });
    }

    private record Described(String mediaType, Digest digest, int size) {}

    /** Writes the content; the collection never deletes content, since its name may be needed again. */
    private void store(StorageKey key, byte[] content, String action) {
        try {
            write(key, content);
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    private void write(StorageKey key, byte[] content) throws IOException {
        try {
            registry.engine().node.write(key, Content.of(content), WriteCondition.unconditional());
        } catch (WriteOutcomeUnknownException e) {
            registry.engine().node.write(key, Content.of(content), WriteCondition.unconditional());
        }
    }

    private static Proposal<Attachment> propose(Draft draft, TableRow row, String kind, Described described) {
        Optional<Attachment> same = row.state().attachments().stream()
                .filter(known -> known.kind().equals(kind) && known.digest().equals(described.digest()))
                .findFirst();
        if (same.isPresent()) {
            return new Proposal.Keep<>(same.get());
        }
        Attachment attachment = new Attachment(
                kind,
                described.mediaType(),
                described.digest(),
                described.size(),
                draft.call().by(),
                draft.at());
        return new Proposal.Replace<>(
                draft.state().withVersion(row.row(), row.state().with(attachment)),
                new Change.Attached(row.row().version(), attachment),
                attachment);
    }

    @Override
    public InputStream open(Attachment attachment) {
        RegisteredVersion version = registry.get(ref);
        if (!version.attachments().contains(attachment)) {
            throw ModelNotFoundException.partOf(version.ref(), "attachment " + attachment.digest());
        }
        StorageKey key =
                ModelKeys.of(version.name()).attachment(version.version(), attachment.kind(), attachment.digest());
        try {
            return new VerifyingStream(
                    registry.engine().node.open(key).stream(), key.value(), attachment.size(), attachment.digest());
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        } catch (IOException e) {
            throw StoreErrors.of("open an attachment of '" + ref + "'", e);
        }
    }
}
