package io.modelregistry.internal.commit;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.registry.CorruptionException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes sealed versions visible in the heads of their models. Whoever meets a sealed version that is not visible does
 * it.
 */
public class VersionPublisher {
    private final HeadCommitter committer;
    private final Stage initial;
    private final Supplier<String> ids;

    /**
     * Publishes through a committer.
     *
     * @param initial the stage of a version that was just published
     * @param ids makes ids of models
     */
    public VersionPublisher(HeadCommitter committer, Stage initial, Supplier<String> ids) {
        this.committer = committer;
        this.initial = initial;
        this.ids = ids;
    }

    /**
     * Publishes a sealed version unless it is visible.
     *
     * @param call who publishes it; the reason is that of whoever sealed it
     */
    public VersionRow publish(VersionTarget target, Stored stored, Sealed sealed, Call call) {
        Digest digest = Digest.sha256(stored.bytes());
        String modelId = ids.get();
        return committer.commitOnKnown(
                target.keys(),
                "publish '" + target + "'",
                new Call(call.by(), sealed.reason()),
                draft -> propose(draft, sealed.manifest(), digest, modelId));
    }

    private Proposal<VersionRow> propose(Draft draft, Manifest manifest, Digest digest, String modelId) {
        Optional<TableRow> known = draft.base().flatMap(base -> base.search().find(manifest.version()));
        if (known.isPresent()) {
            if (!known.get().row().manifest().equals(digest)) {
                throw new CorruptionException(
                        draft.keys().meta(manifest.version()).value(),
                        "the head names another manifest of this version",
                        null);
            }
            return new Proposal.Keep<>(known.get().row());
        }
        HeadState before = draft.base()
                .map(StoredHead::state)
                .orElseGet(() -> HeadState.empty(
                        new HeadState.Identity(manifest.name(), modelId),
                        ModelFacts.ownedBy(manifest.created().by())));
        VersionRow row = new VersionRow(manifest.version(), sequence(manifest, before), digest);
        return new Proposal.Replace<>(
                before.withPublished(row, initial, draft::write),
                new Change.VersionPublished(
                        row.version(),
                        row.sequence(),
                        digest,
                        manifest.created().by()),
                row);
    }

    /** The number of a version, which the commit that publishes it gives it. */
    protected long sequence(Manifest manifest, HeadState before) {
        return before.versions().count() + 1;
    }
}
