package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends copies into a store that did not come to their end: takes away the events that they brought for revisions which
 * the head has not reached, since the head's own events will need these names.
 *
 * <p>The head is replaced by its next revision first, so that a copy that is still under way finds another head and is
 * refused. The event that stands where the head's own belongs is not deleted but replaced, on the condition that it is
 * still there: what is written is what would be kept there anyway, so that this may be repeated, also when an earlier
 * end was interrupted. The events behind it are deleted.
 */
public final class UnfinishedCopies {
    private static final int ATTEMPTS = 3;

    private final StorageNode node;
    private final HeadStore heads;
    private final PageCollector pages;
    private final List<Garbage> gone = new ArrayList<>();
    private final List<Garbage> left = new ArrayList<>();
    private @Nullable CorruptionException damage;

    /** Ends the copies into a store. */
    public UnfinishedCopies(StorageNode node, Environment environment) {
        this.node = node;
        this.heads = new HeadStore(node, new PageStore(node), 0);
        this.pages = new PageCollector(
                node, heads, new HeadCommitter(node, heads, environment, new EventDispatcher(List.of())));
    }

    /** Ends those into all models; what a damaged head decides is left alone, and thrown at the end. */
    public CollectionReport end(Call call) throws IOException {
        ModelEnumeration.candidates(node, keys -> {
            try {
                end(keys, call);
            } catch (CorruptionException e) {
                if (damage == null) {
                    damage = e;
                } else {
                    damage.addSuppressed(e);
                }
            }
            return true;
        });
        if (damage != null) {
            throw damage;
        }
        return new CollectionReport(gone, left);
    }

    private void end(ModelKeys keys, Call call) throws IOException {
        Optional<StoredHead> head = heads.readNow(keys);
        if (head.isEmpty()) {
            left.addAll(events(keys, 1)); // The head may have been lost.
            return;
        }
        long revision = head.get().revision();
        List<Garbage> kept = events(keys, revision);
        if (!kept.isEmpty() && kept.get(0).key().equals(keys.history(revision).value())) {
            Garbage atHead = kept.remove(0);
            if (replaceByOwn(keys, head.get())) {
                gone.add(atHead);
            }
        }
        if (!kept.isEmpty()) {
            endBehind(keys, head.get(), kept, call);
        }
    }

    private void endBehind(ModelKeys keys, StoredHead head, List<Garbage> brought, Call call) throws IOException {
        Optional<StoredHead> fence = pages.fence(keys, head, 0, call) ? heads.readNow(keys) : Optional.empty();
        if (fence.isEmpty() || fence.get().revision() != head.revision() + 1) {
            left.addAll(brought);
            return;
        }
        replaceByOwn(keys, fence.get());
        StorageKey own = keys.history(fence.get().revision());
        for (Garbage event : brought) {
            StorageKey key = StorageKey.of(event.key());
            if (!key.equals(own)) {
                node.delete(key);
            }
        }
        gone.addAll(brought);
    }

    /** The events from a revision on. */
    private List<Garbage> events(ModelKeys keys, long from) throws IOException {
        List<Garbage> events = new ArrayList<>();
        Listings.objects(node, keys.folder(ModelKeys.HISTORY), keys.history(from - 1), object -> {
            if (ModelFolders.revision(keys, object.key()) >= from) {
                events.add(garbage(object));
            }
            return true;
        });
        return events;
    }

    private static Garbage garbage(ListedObject event) {
        return new Garbage(event.key().value(), event.size(), Reason.UNFINISHED_COPY);
    }

    /** Replaces an event that stands where the head's own belongs; whether there was another. */
    private boolean replaceByOwn(ModelKeys keys, StoredHead head) throws IOException {
        StorageKey key = keys.history(head.revision());
        byte[] own = head.head().eventBytes();
        boolean replaced = false;
        for (int attempt = 1; ; attempt++) {
            try {
                Optional<String> other = otherThan(own, key);
                if (other.isPresent()) {
                    replaced = true;
                    node.write(key, Content.of(own), WriteCondition.ifMatches(other.get()));
                }
                return replaced;
            } catch (WriteConflictException | WriteOutcomeUnknownException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The generation of an object if it has other bytes. */
    private Optional<String> otherThan(byte[] bytes, StorageKey key) throws IOException {
        try (OpenObject object = node.open(key)) {
            return Arrays.equals(object.stream().readAllBytes(), bytes)
                    ? Optional.empty()
                    : Optional.of(object.object().etag());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }
}
