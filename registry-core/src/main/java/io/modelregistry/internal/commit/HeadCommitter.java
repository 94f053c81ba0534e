package io.modelregistry.internal.commit;

import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.HeadStore.Generation;
import io.modelregistry.internal.store.HistoryStore;
import io.modelregistry.internal.store.NameList;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces heads.
 *
 * <p>A change is decided on the head of revision <em>k</em>. The event that led to <em>k</em> is copied to the history;
 * then the head is replaced by one of revision <em>k+1</em> on the condition that it is still the one that was read.
 * That write is the commit: the new head carries its own event, so state and event commit together, and the history has
 * neither a gap nor a phantom.
 *
 * <p>When a write of the head is refused or its reply is lost, the head is read back. If it is still at <em>k</em>, the
 * same bytes are sent again. If it has moved on, event <em>k+1</em> tells whether it was this call that moved it: in
 * the head if that is at <em>k+1</em>, else in the history, where whoever moved it on has put it. If it was not, this
 * call has definitely not committed, and decides anew on the present head.
 *
 * <p>Thread-safe. Calls of one process on one model queue first, in order of arrival, instead of racing each other.
 */
public class HeadCommitter {
    private static final Logger LOG = LoggerFactory.getLogger(HeadCommitter.class);

    private final StorageNode node;
    private final HeadStore heads;
    private final HistoryStore history;
    private final Environment environment;
    private final CommitQueue queue = new CommitQueue();
    private final EventDispatcher dispatcher;

    /**
     * Commits to a store.
     *
     * @param dispatcher hears every commit of this process, in order for each model
     */
    public HeadCommitter(StorageNode node, HeadStore heads, Environment environment, EventDispatcher dispatcher) {
        this.node = node;
        this.heads = heads;
        this.history = new HistoryStore(node);
        this.environment = environment;
        this.dispatcher = dispatcher;
    }

    /**
     * Decides a change on the present head and commits it, again and again while others commit first.
     *
     * @param action what is done, for messages
     * @param change decides; called once for each attempt; what it throws ends the call, and nothing has changed
     */
    public <R> R commit(ModelKeys keys, String action, Call call, Function<Draft, Proposal<R>> change) {
        return commit(keys, begin(action, call), change, heads::readNow);
    }

    /**
     * Commits a change that says the same of an older head as of the present one, except for what it adds: the first
     * attempt decides on the head that was read last, or on there being none, without asking the store whether that is
     * still so. Where it is not, the write is refused, and the next attempt reads it.
     */
    public <R> R commitOnKnown(ModelKeys keys, String action, Call call, Function<Draft, Proposal<R>> change) {
        return commit(keys, begin(action, call), change, heads::readKnownOrAbsent);
    }

    private Operation begin(String action, Call call) {
        Retries.Budget budget = environment.retries().begin(action);
        return new Operation(environment.ids().get(), action, call, budget);
    }

    private <R> R commit(
            ModelKeys keys, Operation operation, Function<Draft, Proposal<R>> change, HeadReading firstReading) {
        CommitQueue.Turn turn = queue.enter(keys.name(), operation.action);
        HeadReading reading = firstReading;
        try {
            do {
                Optional<R> result = attempt(keys, change, operation, reading.read(keys));
                if (result.isPresent()) {
                    return result.get();
                }
                reading = heads::readNow;
            } while (operation.budget.again());
        } catch (IOException e) {
            throw StoreErrors.of(operation.action, e);
        } finally {
            turn.close();
            dispatcher.deliver(keys.name());
        }
        throw new CommitConflictException("model '" + keys.name() + "'", operation.budget.attempts());
    }

    /** Reads the head that a change is decided on. */
    @FunctionalInterface
    private interface HeadReading {
        Optional<StoredHead> read(ModelKeys keys) throws IOException;
    }

    private record Operation(String id, String action, Call call, Retries.Budget budget) {}

    private <R> Optional<R> attempt(
            ModelKeys keys, Function<Draft, Proposal<R>> change, Operation operation, Optional<StoredHead> read)
            throws IOException {
        @Nullable StoredHead base = read.orElse(null);
        Draft draft = new Draft(
                keys,
                base,
                new Draft.Attempt(operation.id, operation.budget.attempts(), timeAfter(base), operation.call),
                new Draft.Pages(this::pageName, heads.pages(keys)));
        Proposal.Replace<R> replace;
        Next next;
        try {
            Proposal<R> proposal = change.apply(draft);
            if (proposal instanceof Proposal.Keep<R> keep) {
                // What is so already may have been written by a process that died before it was durable.
                node.ensureDurable(keys.head());
                return Optional.of(keep.result());
            }
            replace = (Proposal.Replace<R>) proposal;
            next = next(draft, folded(draft, replace.state()), replace.change());
        } catch (PageReader.PageGoneException e) {
            heads.newer(keys, draft.existing(), e);
            return Optional.empty();
        }
        if (base == null && wasReplaced(keys)) {
            return Optional.empty();
        }
        checkSize(keys, next, operation);
        prepare(draft, operation);
        return replace(keys, base, next, operation) ? Optional.of(replace.result()) : Optional.empty();
    }

    /**
     * The state with a small table; where a page is damaged it stays larger, so that changes can be made all the same.
     */
    private HeadState folded(Draft draft, HeadState state) {
        try {
            return state.folded(draft::read, draft::write);
        } catch (PageReader.PageGoneException e) {
            try {
                heads.newer(draft.keys(), draft.existing(), e);
            } catch (CorruptionException missing) {
                LOG.warn(
                        "The version table of '{}' cannot be made smaller",
                        draft.keys().name(),
                        missing);
                return state;
            }
            throw e;
        } catch (CorruptionException e) {
            LOG.warn(
                    "The version table of '{}' cannot be made smaller",
                    draft.keys().name(),
                    e);
            return state;
        }
    }

    /** Writes what the new head needs; until the head is written nothing refers to it, so it may be repeated. */
    private void prepare(Draft draft, Operation operation) throws IOException {
        while (true) {
            try {
                for (Map.Entry<String, byte[]> page : draft.pages().entrySet()) {
                    writePage(draft.keys(), page.getKey(), page.getValue());
                }
                if (draft.base().isPresent()) {
                    history.keep(draft.keys(), draft.base().get());
                } else {
                    NameList.add(node, draft.keys());
                }
                return;
            } catch (WriteOutcomeUnknownException | NoSuchKeyException e) {
                if (!operation.budget.again()) {
                    throw e;
                }
            }
        }
    }

    /** The name of a page, which no other attempt has ever given to one. */
    protected String pageName(byte[] bytes, Draft draft) {
        return PageStore.name(bytes, draft.operation(), draft.attempt());
    }

    /**
     * Whether somebody else has made the head that was absent, and replaced it. A head that was lost must not be
     * replaced by that of a new model: what it named would be lost, too.
     */
    private boolean wasReplaced(ModelKeys keys) throws IOException {
        if (node.find(keys.history(1)).isEmpty()) {
            return false;
        }
        if (heads.readNow(keys).isEmpty()) {
            throw new CorruptionException(
                    keys.head().value(),
                    "it is missing, and the model has a history; a copy that did not come to its end leaves this, too",
                    null);
        }
        return true;
    }

    /** What is said of a model and its versions gets half of the head, so that versions can always be published. */
    private void checkSize(ModelKeys keys, Next next, Operation operation) {
        Change change = next.event().change();
        boolean isSaid = change instanceof Change.FactsEdited
                || change instanceof Change.OverlayEdited
                || change instanceof Change.Attached
                || change instanceof Change.AliasSet;
        long most = isSaid ? node.maxConditionalSize() / 2 : node.maxConditionalSize();
        if (next.bytes.length > most) {
            throw new RegistryException(
                    ErrorCode.INVALID,
                    "Cannot %s: the head of '%s' would have %s bytes, expected at most %s"
                            .formatted(operation.action, keys.name(), next.bytes.length, most));
        }
    }

    private Instant timeAfter(@Nullable StoredHead base) {
        Instant now = environment.clock().instant();
        if (base == null) {
            return now;
        }
        Instant previous = base.head().entry().event().at();
        return previous.isAfter(now) ? previous : now;
    }

    /** The head that is to be, and its bytes. */
    private record Next(HeadCodec.Head head, byte[] bytes) {
        long revision() {
            return head.revision();
        }

        RegistryEvent event() {
            return head.entry().event();
        }
    }

    private static Next next(Draft draft, HeadState state, Change change) {
        RegistryEvent event = new RegistryEvent(
                state.identity().name(),
                state.identity().id(),
                draft.revision(),
                draft.operation(),
                draft.at(),
                draft.call().by(),
                draft.call().reason(),
                change);
        byte[] stateBytes = HeadCodec.encodeState(state);
        Optional<Digest> previous =
                draft.base().map(base -> Digest.sha256(base.head().eventBytes()));
        EventCodec.Entry entry = new EventCodec.Entry(event, previous, Digest.sha256(stateBytes));
        byte[] eventBytes = EventCodec.encode(entry);
        HeadCodec.Head head = new HeadCodec.Head(draft.revision(), entry, eventBytes, state);
        return new Next(head, HeadCodec.encode(entry, eventBytes, stateBytes));
    }

    private void writePage(ModelKeys keys, String page, byte[] bytes) throws IOException {
        try {
            node.write(keys.page(page), Content.of(bytes), WriteCondition.ifAbsent());
        } catch (WriteConflictException e) {
            if (!Arrays.equals(node.readAll(keys.page(page)), bytes)) {
                throw new CorruptionException(keys.page(page).value(), "it is not the page of its name", e);
            }
        }
    }

    /** Replaces the head; true if it was replaced by this call, false if it definitely was not. */
    private boolean replace(ModelKeys keys, @Nullable StoredHead base, Next next, Operation operation)
            throws IOException {
        WriteCondition condition = base == null ? WriteCondition.ifAbsent() : WriteCondition.ifMatches(base.etag());
        Replacement.Head<StoredHead> head = new Replacement.Head<>() {
            @Override
            public long nextRevision() {
                return next.revision();
            }

            @Override
            public void write() throws IOException {
                long asked = heads.now();
                StoredObject written = node.write(keys.head(), Content.of(next.bytes), condition);
                heads.remember(keys, next.head, new Generation(written.etag(), next.bytes.length, asked));
            }

            @Override
            public Optional<StoredHead> readNow() throws IOException {
                return heads.readNow(keys);
            }

            @Override
            public long revisionOf(StoredHead now) {
                return now.revision();
            }

            @Override
            public boolean isOurs(StoredHead now) throws IOException {
                return HeadCommitter.this.isOurs(keys, now, next.event());
            }

            @Override
            public void committed() {
                dispatcher.enqueue(next.event());
            }
        };
        return new Replacement<>(head, operation.action, operation.budget).commit();
    }

    /** Whether the event that made a revision is this one, wherever it stands by now: in the head or in the history. */
    protected boolean isOurs(ModelKeys keys, StoredHead now, RegistryEvent event) throws IOException {
        RegistryEvent made = history.entry(keys, now, event.revision()).event();
        return made.operation().equals(event.operation());
    }
}
