package io.modelregistry.internal.maintenance;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collects the pages of one model's version table that its head does not lead to: those that were written for commits
 * that did not take place, and those that later ones have replaced.
 *
 * <p>The head is read, then the pages are listed. A commit that is under way from that head may be about to name a page
 * that it does not name yet: so the head is first replaced by its next revision, which changes nothing but says that
 * pages are collected. The commit under way is thereby refused, and its next attempt writes pages under other names. If
 * somebody else replaced the head first, nothing is deleted. A page's name is never used twice, so that a delete may be
 * late.
 */
public class PageCollector {
    private final StorageNode node;
    private final HeadStore heads;
    private final PageStore pages;
    private final HeadCommitter committer;

    /** Collects in a store, through its heads. */
    public PageCollector(StorageNode node, HeadStore heads, HeadCommitter committer) {
        this.node = node;
        this.heads = heads;
        this.pages = new PageStore(node);
        this.committer = committer;
    }

    /** What a collection would delete. */
    public List<Garbage> find(ModelKeys keys, CollectionScope scope) throws IOException {
        Optional<StoredHead> head = heads.readNow(keys);
        if (head.isEmpty()) {
            return List.of();
        }
        try {
            return unnamed(keys, head.get(), scope);
        } catch (PageReader.PageGoneException e) {
            heads.newer(keys, head.get(), e);
            return List.of();
        }
    }

    /** Collects. */
    public Collected collect(ModelKeys keys, Call call, CollectionScope scope) throws IOException {
        Optional<StoredHead> read = heads.readNow(keys);
        if (read.isEmpty()) {
            return Collected.NOTHING;
        }
        StoredHead head = read.get();
        List<Garbage> garbage;
        try {
            garbage = unnamed(keys, head, scope);
        } catch (PageReader.PageGoneException e) {
            heads.newer(keys, head, e);
            return Collected.OUTRUN;
        }
        if (garbage.isEmpty()) {
            return Collected.NOTHING;
        }
        if (!fence(keys, head, garbage.size(), call)) {
            return Collected.OUTRUN;
        }
        for (Garbage page : garbage) {
            node.delete(StorageKey.of(page.key()));
        }
        return new Collected(garbage, false);
    }

    /** Replaces the head by its next revision if it is still the one that was read; whether it did. */
    protected boolean fence(ModelKeys keys, StoredHead head, int count, Call call) {
        return committer.commit(keys, "collect pages of '" + keys.name() + "'", call, draft -> {
            boolean isSame = draft.base()
                    .map(base ->
                            base.revision() == head.revision() && base.etag().equals(head.etag()))
                    .orElse(false);
            return isSame
                    ? new Proposal.Replace<>(head.state(), new Change.PagesCollected(count), true)
                    : new Proposal.Keep<>(false);
        });
    }

    private List<Garbage> unnamed(ModelKeys keys, StoredHead head, CollectionScope scope) throws IOException {
        Set<StorageKey> named = new HashSet<>();
        follow(keys, head.state().versions().pages(), named);
        List<ListedObject> unnamed = new ArrayList<>();
        Listings.objects(node, keys.folder(ModelKeys.PAGES), object -> {
            if (!named.contains(object.key())
                    && scope.isOld(object)
                    && scope.approved().test(object.key())) {
                unnamed.add(object);
            }
            return true;
        });
        return unnamed.stream()
                .map(page -> new Garbage(page.key().value(), page.size(), Garbage.Reason.UNNAMED_PAGE))
                .toList();
    }

    private void follow(ModelKeys keys, List<PageRef> refs, Set<StorageKey> named) {
        for (PageRef ref : refs) {
            named.add(keys.page(ref.page()));
            if (ref.level() > 1 && pages.of(keys).read(ref) instanceof PageContent.Refs below) {
                follow(keys, below.refs(), named);
            }
        }
    }
}
