package io.modelregistry.internal.commit;

import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.internal.document.DeploymentCodec;
import io.modelregistry.internal.document.DeploymentEventCodec;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.store.DeploymentHeads;
import io.modelregistry.internal.store.DeploymentHistory;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.StoredDeployment;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replaces heads of deployments, by the protocol that {@link HeadCommitter} describes.
 *
 * <p>Thread-safe. Calls of one process on one deployment queue first, in order of arrival, instead of racing each
 * other.
 */
public final class DeploymentCommitter {
    private final StorageNode node;
    private final DeploymentHeads heads;
    private final DeploymentHistory history;
    private final Environment environment;
    private final CommitQueue queue = new CommitQueue();

    /** Commits to a store. */
    public DeploymentCommitter(
            StorageNode node, DeploymentHeads heads, DeploymentHistory history, Environment environment) {
        this.node = node;
        this.heads = heads;
        this.history = history;
        this.environment = environment;
    }

    private record Operation(String id, String action, Call call, Retries.Budget budget) {}

    /**
     * Decides a change on the present head and commits it, again and again while others commit first.
     *
     * @param action what is done, for messages
     * @param change decides; called once for each attempt; what it throws ends the call, and nothing has changed; empty
     *     if nothing has to change
     * @return the deployment as the change has left it or found it
     */
    public DeploymentSnapshot commit(
            DeploymentKeys keys,
            String action,
            Call call,
            Function<Optional<DeploymentSnapshot>, Optional<Change>> change) {
        Operation operation = new Operation(
                environment.ids().get(), action, call, environment.retries().begin(action));
        CommitQueue.Turn turn = queue.enter(keys.name(), action);
        try {
            do {
                Optional<DeploymentSnapshot> result = attempt(keys, operation, change);
                if (result.isPresent()) {
                    return result.get();
                }
            } while (operation.budget.again());
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        } finally {
            turn.close();
        }
        throw new CommitConflictException("deployment '" + keys.name() + "'", operation.budget.attempts());
    }

    private Optional<DeploymentSnapshot> attempt(
            DeploymentKeys keys, Operation operation, Function<Optional<DeploymentSnapshot>, Optional<Change>> change)
            throws IOException {
        Optional<StoredDeployment> read = heads.readPresent(keys);
        Optional<Change> decided = change.apply(read.map(StoredDeployment::snapshot));
        if (decided.isEmpty()) {
            StoredDeployment kept = read.orElseThrow(() -> new DeploymentNotFoundException(keys.name()));
            // What is so already may have been written by a process that died before it was durable.
            node.ensureDurable(keys.head());
            return Optional.of(kept.snapshot());
        }
        @Nullable StoredDeployment base = read.orElse(null);
        Next next = next(keys, base, operation, decided.get());
        checkSize(keys, next, operation);
        if (base != null) {
            keep(keys, base, operation);
        }
        boolean isDone = new Replacement<>(new Head(keys, base, next), operation.action, operation.budget).commit();
        return isDone ? Optional.of(next.snapshot()) : Optional.empty();
    }

    /** The head that is to be, and its bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Next(DeploymentCodec.Head head, byte[] bytes) {
        DeploymentEvent event() {
            return head.entry().event();
        }

        DeploymentSnapshot snapshot() {
            return new DeploymentSnapshot(event().deployment(), event(), head.state());
        }
    }

    private Next next(DeploymentKeys keys, @Nullable StoredDeployment base, Operation operation, Change change) {
        DeploymentEvent event = new DeploymentEvent(
                keys.name(),
                base == null ? 1 : base.revision() + 1,
                operation.id,
                timeAfter(base),
                operation.call.by(),
                operation.call.reason(),
                change.action(),
                change.detail());
        try {
            byte[] state = DeploymentCodec.encodeState(change.state());
            Optional<Digest> previous = Optional.ofNullable(base)
                    .map(before -> Digest.sha256(before.head().eventBytes()));
            DeploymentEventCodec.Entry entry = new DeploymentEventCodec.Entry(event, previous, Digest.sha256(state));
            byte[] bytes = DeploymentCodec.encode(event.revision(), DeploymentEventCodec.encode(entry), state);
            return new Next(DeploymentCodec.decode(bytes), bytes);
        } catch (MalformedDocumentException | UncheckedIOException e) {
            throw new InvalidValueException(
                    "deployment",
                    keys.name().value(),
                    "it would not be readable: " + e.getMessage(),
                    "texts of a reasonable length");
        }
    }

    private Instant timeAfter(@Nullable StoredDeployment base) {
        Instant now = environment.clock().instant();
        if (base == null) {
            return now;
        }
        Instant previous = base.head().entry().event().at();
        return previous.isAfter(now) ? previous : now;
    }

    private void checkSize(DeploymentKeys keys, Next next, Operation operation) {
        long most = node.maxConditionalSize();
        if (next.bytes.length > most) {
            throw new RegistryException(
                    ErrorCode.INVALID,
                    "Cannot %s: the head of deployment '%s' would have %s bytes, expected at most %s"
                            .formatted(operation.action, keys.name(), next.bytes.length, most));
        }
    }

    /** Completes the history; until the head is written nothing has changed, so it may be repeated. */
    private void keep(DeploymentKeys keys, StoredDeployment base, Operation operation) throws IOException {
        while (true) {
            try {
                history.keep(keys, base);
                return;
            } catch (WriteOutcomeUnknownException | NoSuchKeyException e) {
                if (!operation.budget.again()) {
                    throw e;
                }
            }
        }
    }

    private final class Head implements Replacement.Head<StoredDeployment> {
        private final DeploymentKeys keys;
        private final WriteCondition condition;
        private final Next next;

        Head(DeploymentKeys keys, @Nullable StoredDeployment base, Next next) {
            this.keys = keys;
            this.condition = base == null ? WriteCondition.ifAbsent() : WriteCondition.ifMatches(base.etag());
            this.next = next;
        }

        @Override
        public long nextRevision() {
            return next.head.revision();
        }

        @Override
        public void write() throws IOException {
            StoredObject written = node.write(keys.head(), Content.of(next.bytes), condition);
            heads.remember(keys, new StoredDeployment(next.head, written.etag()), next.bytes.length);
        }

        @Override
        public Optional<StoredDeployment> readNow() throws IOException {
            return heads.readNow(keys);
        }

        @Override
        public long revisionOf(StoredDeployment now) {
            return now.revision();
        }

        @Override
        public boolean isOurs(StoredDeployment now) throws IOException {
            String made = history.entry(keys, now, next.head.revision()).event().operation();
            return made.equals(next.event().operation());
        }

        @Override
        public void committed() {
            // Nobody is told: whoever serves a deployment asks for its head.
        }
    }
}
