package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.TableCodec;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.schedule.StoreAudit;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.StorageKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Checks after every change of the store what the commit protocol promises of one model, from a copy of the store of
 * its own: that what is sealed stays complete, that the history is the one chain of events which leads to the head, and
 * that nothing which is named is missing.
 */
final class ProtocolAudit implements StoreAudit {
    private final ModelKeys keys;
    private final SortedMap<String, byte[]> objects;
    private final Map<String, VersionDocument> documents;
    private final List<EventCodec.Entry> events;
    private final List<byte[]> eventBytes;
    private final Set<String> operations;
    private final Map<String, PageContent> pages;
    private final Set<String> namedPages;
    private final AuditedModel model;

    ProtocolAudit(ModelKeys keys) {
        this.keys = keys;
        objects = new TreeMap<>();
        documents = new TreeMap<>();
        events = new ArrayList<>();
        eventBytes = new ArrayList<>();
        operations = new HashSet<>();
        pages = new HashMap<>();
        namedPages = new HashSet<>();
        model = new AuditedModel();
    }

    /** A copy, which goes its own way. */
    ProtocolAudit(ProtocolAudit other) {
        keys = other.keys;
        objects = new TreeMap<>(other.objects);
        documents = new TreeMap<>(other.documents);
        events = new ArrayList<>(other.events);
        eventBytes = new ArrayList<>(other.eventBytes);
        operations = new HashSet<>(other.operations);
        pages = new HashMap<>(other.pages);
        namedPages = new HashSet<>(other.namedPages);
        model = new AuditedModel(other.model);
    }

    /** The revision of the head; 0 if there is none. */
    long revision() {
        return events.size();
    }

    AuditedModel model() {
        return model;
    }

    /** The events that led to the head. */
    List<RegistryEvent> events() {
        return events.stream().map(EventCodec.Entry::event).toList();
    }

    /** What decides a version. */
    Optional<VersionDocument> document(ModelVersion version) {
        return Optional.ofNullable(documents.get(keys.meta(version).value()));
    }

    /** All documents that decide versions. */
    List<VersionDocument> documents() {
        return List.copyOf(documents.values());
    }

    /** The objects of the store. */
    SortedMap<String, byte[]> objects() {
        return objects;
    }

    @Override
    public void written(StorageKey key, byte[] bytes) {
        String path = key.value();
        @SuppressWarnings("NullAway")
        byte[] before = objects.put(path, bytes);
        if (!key.isBelow(keys.root())) {
            return;
        }
        String relative = keys.root().relativize(key);
        if (relative.equals(ModelKeys.HEAD)) {
            headWritten(bytes);
        } else if (relative.startsWith(ModelKeys.HISTORY + "/")) {
            historyWritten(key, bytes);
        } else if (relative.startsWith(ModelKeys.PAGES + "/")) {
            check(before == null || Arrays.equals(before, bytes), "P8-page-changed", path);
        } else if (relative.endsWith(ModelKeys.META) && relative.indexOf('/') < 0) {
            documentWritten(path, bytes);
        } else {
            sealedFolders(path).forEach(folder -> checkSealed(path, folder));
        }
    }

    @Override
    public void deleted(StorageKey key) {
        String path = key.value();
        if (objects.remove(path) == null || !key.isBelow(keys.root())) {
            return;
        }
        String relative = keys.root().relativize(key);
        check(
                !relative.equals(ModelKeys.HEAD)
                        && !relative.startsWith(ModelKeys.HISTORY + "/")
                        && !relative.endsWith(ModelKeys.META),
                "P4-deleted",
                path);
        check(!namedPages.contains(path), "P8-dangling", "the head names the page " + path + ", which was deleted");
        sealedFolders(path).forEach(folder -> checkSealed(path, folder));
        model.rows().values().forEach(this::checkAttachments);
    }

    private static void check(boolean holds, String property, String what) {
        if (!holds) {
            throw new PropertyViolation(property, what);
        }
    }

    private List<Sealed> sealedFolders(String path) {
        List<Sealed> found = new ArrayList<>();
        for (VersionDocument document : documents.values()) {
            if (document instanceof Sealed sealed
                    && path.startsWith(keys.folder(sealed.folder()).value() + "/")) {
                found.add(sealed);
            }
        }
        return found;
    }

    private void documentWritten(String path, byte[] bytes) {
        VersionDocument now = decoded(() -> VersionDocumentCodec.decode(bytes));
        VersionDocument before = documents.put(path, now);
        check(!(before instanceof Sealed), "P1-sealed-changed", path + " was sealed, and was replaced");
        check(
                now.revision() == (before == null ? 1 : before.revision() + 1),
                "P4-lost-update",
                path + " went from " + before + " to " + now);
        if (now instanceof Sealed sealed) {
            checkSealed(path, sealed);
        }
    }

    private void checkSealed(String because, Sealed sealed) {
        String folder = keys.folder(sealed.folder()).value() + "/";
        Set<String> named = new HashSet<>();
        for (ArtifactFile file : sealed.manifest().files()) {
            String path = folder + file.path();
            named.add(path);
            byte[] bytes = objects.get(path);
            check(
                    bytes != null && Digest.sha256(bytes).equals(file.digest()),
                    "P1-sealed-files",
                    path + " is sealed, but is " + (bytes == null ? "missing" : "another file") + " after " + because);
        }
        for (String path : objects.tailMap(folder).keySet()) {
            if (!path.startsWith(folder)) {
                break;
            }
            check(named.contains(path), "P1b-foreign-file", path + " lies in a sealed folder that does not name it");
        }
    }

    private void historyWritten(StorageKey key, byte[] bytes) {
        EventCodec.Entry entry = decoded(() -> EventCodec.decode(bytes));
        long revision = entry.event().revision();
        check(key.equals(keys.history(revision)), "P4-divergence", key + " holds the event of revision " + revision);
        check(revision <= revision(), "P4-phantom", key + " was written at head " + revision());
        check(
                Arrays.equals(bytes, eventBytes.get((int) revision - 1)),
                "P4-divergence",
                key + " is not the event that the head carried");
    }

    private void headWritten(byte[] bytes) {
        HeadCodec.Head head = decoded(() -> HeadCodec.decode(bytes));
        long before = revision();
        check(head.revision() == before + 1, "P4-gap", "head " + before + " became head " + head.revision());
        if (before > 0) {
            byte[] kept = objects.get(keys.history(before).value());
            check(kept != null, "P4-gap", "head " + head.revision() + " without history " + before);
            byte[] previous = eventBytes.get((int) before - 1);
            check(Arrays.equals(kept, previous), "P4-divergence", "history " + before);
            check(
                    head.entry().previous().equals(Optional.of(Digest.sha256(previous))),
                    "P4-chain",
                    "event " + head.revision() + " does not follow event " + before);
        }
        RegistryEvent event = head.entry().event();
        check(operations.add(event.operation()), "P4-twice", "operation " + event.operation() + " committed twice");
        model.apply(event.change());
        events.add(head.entry());
        eventBytes.add(head.eventBytes());
        compare(head);
    }

    /** The state in the head must be the one that its events lead to, and everything that it names must be there. */
    private void compare(HeadCodec.Head head) {
        VersionTable table = head.state().versions();
        List<TableRow> rows = new ArrayList<>();
        namedPages.clear();
        collect(table.pages(), rows);
        rows.replaceAll(table::current);
        rows.addAll(table.tail());
        check(rows.size() == table.count(), "P3-lost", "the head counts " + table.count() + ", has " + rows.size());
        check(
                rows.size() == model.rows().size(),
                "P3-lost",
                rows.size() + " of " + model.rows().size() + " versions");
        for (TableRow row : rows) {
            AuditedModel.Row wanted = model.row(row.row().version()).orElse(null);
            check(
                    wanted != null
                            && wanted.row().equals(row.row())
                            && wanted.stage().equals(row.state().stage())
                            && wanted.attachments().equals(row.state().attachments()),
                    "P4-state",
                    "the head shows " + row + ", its events lead to " + wanted);
        }
        model.rows().values().forEach(this::checkAttachments);
        checkPublished(head.entry().event());
        SortedMap<Object, Object> aliases = new TreeMap<>();
        head.state().aliases().forEach((alias, row) -> aliases.put(alias, row.version()));
        check(aliases.equals(model.aliases()), "P4-state", aliases + " instead of aliases " + model.aliases());
    }

    private void checkPublished(RegistryEvent event) {
        if (event.change() instanceof io.modelregistry.event.Change.VersionPublished published) {
            byte[] meta = objects.get(keys.meta(published.version()).value());
            check(
                    document(published.version()).orElse(null) instanceof Sealed
                            && meta != null
                            && Digest.sha256(meta).equals(published.manifest()),
                    "P2-visible-unsealed",
                    "version " + published.version() + " is in the head, but is not sealed so");
        }
    }

    private void collect(List<PageRef> refs, List<TableRow> rows) {
        for (PageRef ref : refs) {
            String path = keys.page(ref.page()).value();
            byte[] bytes = objects.get(path);
            check(bytes != null, "P8-dangling", "the head names the page " + path + ", which does not exist");
            namedPages.add(path);
            PageContent content =
                    pages.computeIfAbsent(path, page -> decoded(() -> TableCodec.decodePage(objects.get(page))));
            if (content instanceof PageContent.Refs below) {
                collect(below.refs(), rows);
            } else {
                rows.addAll(((PageContent.Rows) content).rows());
            }
        }
    }

    private void checkAttachments(AuditedModel.Row row) {
        for (Attachment attachment : row.attachments()) {
            String path = keys.attachment(row.row().version(), attachment.kind(), attachment.digest())
                    .value();
            byte[] bytes = objects.get(path);
            check(
                    bytes != null && Digest.sha256(bytes).equals(attachment.digest()),
                    "P8-attachment",
                    path + " is named in the head, but is " + (bytes == null ? "missing" : "something else"));
        }
    }

    /** Reads a document. */
    private interface Decoding<T> {
        T decode() throws MalformedDocumentException;
    }

    private static <T> T decoded(Decoding<T> decoding) {
        try {
            return decoding.decode();
        } catch (MalformedDocumentException e) {
            throw new PropertyViolation("P0-malformed", String.valueOf(e.getMessage()));
        }
    }
}
