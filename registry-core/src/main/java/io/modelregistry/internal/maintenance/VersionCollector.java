package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.commit.VersionDocuments;
import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Claimed;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocument.Voided;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects what was uploaded for one version and is not part of it.
 *
 * <p>What the model's head names is published, and its document is the sealed one that the head names; if it is not,
 * the document was lost or damaged and nothing is deleted.
 *
 * <p>The order is what makes it safe. The document that decides the version is read, then the folders are listed. If
 * the document is sealed it says for ever what is needed. If it is not, an upload may be under way, which would seal
 * what is about to be deleted: so the document is first made void, on the condition that it is still the one that was
 * read. A writer whose upload began before will find its seal refused, and uploads again to a folder that has never had
 * its name before; so a delete may be late and still hits nothing that is needed. If the condition does not hold,
 * nothing is deleted.
 *
 * <p>Attachments are not collected: their names are digests of their content, so that the same name may be needed
 * again, and a late delete would hit it.
 */
public class VersionCollector {
    private final StorageNode node;
    private final Environment environment;
    private final PublishedVersions published;
    private final VersionDocuments documents;

    /** Collects in a store. */
    public VersionCollector(StorageNode node, Environment environment) {
        this(node, environment, new PublishedVersions(node, new HeadStore(node, new PageStore(node), 0)));
    }

    VersionCollector(StorageNode node, Environment environment, PublishedVersions published) {
        this.node = node;
        this.environment = environment;
        this.published = published;
        this.documents = new VersionDocuments(node);
    }

    /** What a collection would delete. */
    public List<Garbage> find(VersionTarget target, CollectionScope scope) throws IOException {
        return findings(target, scope).garbage;
    }

    /** Collects. */
    public Collected collect(VersionTarget target, Principal by, CollectionScope scope) throws IOException {
        Findings found = findings(target, scope);
        if (found.garbage.isEmpty()) {
            return Collected.NOTHING;
        }
        boolean isSealed = found.stored != null && found.stored.document() instanceof Sealed;
        if (!isSealed && !fence(target, found.stored, by)) {
            return Collected.OUTRUN;
        }
        for (Garbage garbage : found.garbage) {
            node.delete(StorageKey.of(garbage.key()));
        }
        return new Collected(found.garbage, false);
    }

    /** Makes the document void if it is still the one that was read; whether it was. */
    protected boolean fence(VersionTarget target, @Nullable Stored stored, Principal by) throws IOException {
        Retries.Budget budget = environment.retries().begin("collect what was uploaded for '" + target + "'");
        String operation = environment.ids().get();
        long revision = stored == null ? 1 : stored.document().revision() + 1;
        Voided fence = new Voided(revision, operation, by, environment.clock().instant());
        WriteCondition condition = stored == null ? WriteCondition.ifAbsent() : WriteCondition.ifMatches(stored.etag());
        return documents.write(target.meta(), fence, condition, budget).isBy(operation);
    }

    private record Findings(@Nullable Stored stored, List<Garbage> garbage) {}

    private Findings findings(VersionTarget target, CollectionScope scope) throws IOException {
        Optional<Stored> stored = read(target);
        @Nullable VersionDocument document = stored.map(Stored::document).orElse(null);
        List<Garbage> garbage = new ArrayList<>();
        for (String folder : folders(target)) {
            KeyPrefix prefix = target.keys().folder(folder);
            List<ListedObject> objects = new ArrayList<>();
            Listings.objects(node, prefix, object -> {
                if (!isNeeded(document, folder, prefix.relativize(object.key()))) {
                    objects.add(object);
                }
                return true;
            });
            if (objects.stream().allMatch(scope::isOld)) {
                objects.stream()
                        .filter(object -> scope.approved().test(object.key()))
                        .forEach(object -> garbage.add(
                                new Garbage(object.key().value(), object.size(), reason(document, folder))));
            } else if (!(document instanceof Sealed)) {
                return new Findings(stored.orElse(null), List.of());
            }
        }
        boolean isYoung = document instanceof Claimed claimed && !scope.isOld(claimed.at());
        return new Findings(stored.orElse(null), isYoung ? List.of() : garbage);
    }

    /**
     * The document that decides the version. The head is asked first: what it names then was sealed before, so that a
     * document which says otherwise is not the one that was written.
     */
    private Optional<Stored> read(VersionTarget target) throws IOException {
        Optional<VersionRow> named = published.find(target);
        Optional<Stored> stored = documents.read(target.meta());
        boolean agrees = named.isEmpty()
                || (stored.isPresent()
                        && Digest.sha256(stored.get().bytes())
                                .equals(named.get().manifest()));
        if (!agrees) {
            throw new CorruptionException(
                    target.meta().value(),
                    stored.isEmpty()
                            ? "it is missing, and the model's head names it"
                            : "its bytes do not match the digest in the model's head",
                    null);
        }
        return stored;
    }

    /** The plain folder of the version and those of single attempts. */
    private List<String> folders(VersionTarget target) throws IOException {
        String plain = target.version().key();
        String attempts = ModelKeys.attemptFolder(target.version(), "");
        List<String> folders = new ArrayList<>();
        folders.add(plain);
        String justBefore = plain + "}";
        Listings.folders(node, target.keys().root(), justBefore, folder -> {
            boolean isAttempt = folder.startsWith(attempts);
            if (isAttempt) {
                folders.add(folder);
            }
            return isAttempt;
        });
        return folders;
    }

    private static boolean isNeeded(@Nullable VersionDocument document, String folder, String path) {
        if (!(document instanceof Sealed sealed) || !sealed.folder().equals(folder)) {
            return false;
        }
        try {
            return sealed.manifest().findFile(ArtifactPath.of(path)).isPresent();
        } catch (InvalidValueException e) {
            return false; // A path that no manifest can name.
        }
    }

    private static Reason reason(@Nullable VersionDocument document, String folder) {
        if (!(document instanceof Sealed sealed)) {
            return Reason.UNPUBLISHED_UPLOAD;
        }
        return sealed.folder().equals(folder) ? Reason.NOT_IN_MANIFEST : Reason.FORESTALLED_UPLOAD;
    }
}
