package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.TableCodec;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.maintenance.CopyRefusedException;
import io.modelregistry.maintenance.CopyReport.CopiedModel;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies one model with its history, byte for byte, at the revision that its head has when the copy begins.
 *
 * <p>The head is written last, on the condition that the target's head is still the one that was compared, so that a
 * reader of the target sees the model as it was before or as it is after. Before it come the files, the documents of
 * the versions, the history and the pages, none of which a reader looks at unless a head leads there. Every write may
 * be repeated, so that a copy that was interrupted is simply made again. What stands behind the target's revision was
 * complete when the target's head was written, and is not looked at again: neither its versions with what is attached
 * to them, nor its pages.
 *
 * <p>A page of the source's table may be replaced and collected while the model is copied; that the source has another
 * head then tells it from one that is lost, and the copy begins again.
 *
 * <p>The model must not be changed in the target by somebody else while it is copied there: if it is, the copy is
 * refused and takes back the events that it brought.
 */
final class ModelCopier {
    private final CopyTarget target;
    private final ModelKeys keys;
    private final VersionCopier versions;
    private final PageReader known;
    private final String model;

    ModelCopier(CopyTarget target, ModelKeys keys, Environment environment, Principal by) {
        this.target = target;
        this.keys = keys;
        this.model = keys.name().toString();
        this.versions = new VersionCopier(target, keys, environment, by);
        this.known = new PageStore(target.node()).of(keys);
    }

    /**
     * What is to be copied, and onto what.
     *
     * @param head the source's head
     * @param bytes its bytes
     * @param base the target's head
     * @param etag its generation
     */
    record Task(Head head, byte[] bytes, Optional<Head> base, String etag) {
        long from() {
            return base.map(Head::revision).orElse(0L);
        }

        long knownVersions() {
            return base.map(known -> known.state().versions().count()).orElse(0L);
        }
    }

    /** Compares the heads; empty if the source has no such model. */
    Optional<Task> prepare() throws IOException {
        byte[] bytes;
        try {
            bytes = target.source().readAll(keys.head());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
        Head head = StoreErrors.decode(keys.head(), bytes, HeadCodec::decode);
        try (OpenObject object = target.node().open(keys.head())) {
            byte[] present = object.stream().readAllBytes();
            Head base = StoreErrors.decode(keys.head(), present, HeadCodec::decode);
            compare(head, bytes, base, present);
            return Optional.of(
                    new Task(head, bytes, Optional.of(base), object.object().etag()));
        } catch (NoSuchKeyException e) {
            return Optional.of(new Task(head, bytes, Optional.empty(), ""));
        }
    }

    private void compare(Head head, byte[] bytes, Head base, byte[] present) throws IOException {
        String id = head.state().identity().id();
        String otherId = base.state().identity().id();
        if (!otherId.equals(id)) {
            throw refused(base, "is the head of another model of this name, with id " + otherId + " and not " + id);
        }
        if (base.revision() > head.revision()) {
            throw refused(base, "is at revision " + base.revision() + ", and the source at " + head.revision());
        }
        byte[] common = base.revision() == head.revision() ? head.eventBytes() : event(base.revision());
        boolean isPrefix = Arrays.equals(common, base.eventBytes())
                && (base.revision() < head.revision() || Arrays.equals(bytes, present));
        if (!isPrefix) {
            throw refused(base, "has another history: its revision " + base.revision() + " is not the source's");
        }
    }

    private CopyRefusedException refused(Head base, String why) throws IOException {
        takeBack(base);
        return new CopyRefusedException(model, keys.head().value(), why);
    }

    /**
     * Removes the events that this copy, or an earlier one that did not come to its end, brought for revisions that the
     * target's model has made, or will make, otherwise.
     */
    private void takeBack(Head base) throws IOException {
        Listings.objects(target.node(), keys.folder(ModelKeys.HISTORY), keys.history(base.revision() - 1), object -> {
            StorageKey key = object.key();
            byte[] brought = target.node().readAll(key);
            boolean isItsOwn = Arrays.equals(brought, base.eventBytes());
            if (!isItsOwn && isOfSource(key, brought)) {
                target.node().delete(key);
            }
            return true;
        });
    }

    private boolean isOfSource(StorageKey key, byte[] event) throws IOException {
        try {
            return Arrays.equals(target.source().readAll(key), event);
        } catch (NoSuchKeyException e) {
            return false;
        }
    }

    /** Refuses what cannot be copied, before anything is written. */
    void check(Task task) throws IOException {
        if (task.from() < task.head().revision()) {
            target.checkSize(keys.head(), task.bytes());
            table(new Walk(task.head().state().versions(), new KnownVersions(task.base(), known), new Check()));
            checkHistory(task);
        }
    }

    /** Copies what was checked. */
    CopiedModel copy(Task task) throws IOException {
        long from = task.from();
        long to = task.head().revision();
        long added = task.head().state().versions().count() - task.knownVersions();
        if (from < to) {
            VersionTable table = task.head().state().versions();
            KnownVersions had = new KnownVersions(task.base(), known);
            table(new Walk(table, had, new Copy()));
            history(task);
            pages(table.pages(), had);
            target.writeOnce(model, keys.listed(), new byte[0]);
            head(task);
        } else {
            target.node().ensureDurable(keys.head());
            target.writeOnce(model, keys.listed(), new byte[0]); // An earlier snapshot of the library wrote none.
        }
        return new CopiedModel(keys.name(), from, to, added);
    }

    /** A page of the source is gone. */
    static final class PageGoneException extends IOException {
        private static final long serialVersionUID = 1L;

        private final String key;

        PageGoneException(NoSuchKeyException cause, StorageKey key) {
            super(cause);
            this.key = key.value();
        }
    }

    /**
     * Returns if the source has another head by now, so that a page which is gone was replaced.
     *
     * @throws CorruptionException if it has not, so that the page is missing
     */
    void checkMovedOn(Task task, PageGoneException gone) throws IOException {
        if (Arrays.equals(target.readSource(keys.head()), task.bytes())) {
            throw new CorruptionException(gone.key, "it is missing", gone);
        }
    }

    /** Takes what the target does not have of the versions of a table. */
    private interface RowVisitor {
        void version(VersionRow row) throws IOException;

        void attachment(StorageKey key, Attachment attachment) throws IOException;
    }

    private final class Check implements RowVisitor {
        @Override
        public void version(VersionRow row) throws IOException {
            versions.check(row);
        }

        @Override
        public void attachment(StorageKey key, Attachment attachment) throws IOException {
            target.checkFile(model, key, attachment.size(), attachment.digest());
        }
    }

    private final class Copy implements RowVisitor {
        @Override
        public void version(VersionRow row) throws IOException {
            versions.copy(row);
        }

        @Override
        public void attachment(StorageKey key, Attachment attachment) throws IOException {
            target.file(key, attachment.size(), attachment.digest());
        }
    }

    /** A table, and what the target has of it. */
    private record Walk(VersionTable table, KnownVersions known, RowVisitor visitor) {}

    private void table(Walk walk) throws IOException {
        table(walk.table.pages(), walk);
        rows(walk.table.tail(), walk);
    }

    private void table(List<PageRef> refs, Walk walk) throws IOException {
        for (PageRef ref : refs) {
            if (!walk.known.hasAllOf(ref, walk.table)) {
                PageContent content = page(ref, pageBytes(ref));
                if (content instanceof PageContent.Refs below) {
                    table(below.refs(), walk);
                } else if (content instanceof PageContent.Rows rows) {
                    rows(rows.rows(), walk);
                }
            }
        }
    }

    private void rows(List<TableRow> rows, Walk walk) throws IOException {
        for (TableRow row : rows) {
            VersionRow version = row.row();
            if (!walk.known.hasVersion(version.sequence())) {
                walk.visitor.version(version);
            }
            for (Attachment attachment : walk.known.missing(walk.table.current(row))) {
                StorageKey key = keys.attachment(version.version(), attachment.kind(), attachment.digest());
                walk.visitor.attachment(key, attachment);
            }
        }
    }

    private byte[] pageBytes(PageRef ref) throws IOException {
        StorageKey key = keys.page(ref.page());
        byte[] bytes;
        try {
            bytes = target.source().readAll(key);
        } catch (NoSuchKeyException e) {
            throw new PageGoneException(e, key);
        }
        if (!PageStore.isNameOf(ref.page(), bytes)) {
            throw new CorruptionException(key.value(), "its bytes do not match its name", null);
        }
        return bytes;
    }

    private PageContent page(PageRef ref, byte[] bytes) {
        return StoreErrors.decode(keys.page(ref.page()), bytes, TableCodec::decodePage);
    }

    private byte[] event(long revision) throws IOException {
        return target.readSource(keys.history(revision));
    }

    /** Refuses a target that has another history, whether its head leads there or not. */
    private void checkHistory(Task task) throws IOException {
        StorageKey before = keys.history(Math.max(1, task.from()) - 1);
        Listings.objects(target.node(), keys.folder(ModelKeys.HISTORY), before, object -> {
            StorageKey key = object.key();
            boolean isNext = key.equals(keys.history(task.head().revision()));
            byte[] expected = isNext ? task.head().eventBytes() : expected(key);
            if (!Arrays.equals(target.node().readAll(key), expected)) {
                throw new CopyRefusedException(model, key.value(), "is another event");
            }
            return true;
        });
    }

    private byte[] expected(StorageKey key) throws IOException {
        try {
            return target.source().readAll(key);
        } catch (NoSuchKeyException e) {
            throw new CopyRefusedException(model, key.value(), "is an event that the source does not have");
        }
    }

    /** Copies the events between the heads, each checked against the one before it. */
    private void history(Task task) throws IOException {
        Optional<Digest> previous = Optional.empty();
        boolean isFirst = true; // It was compared with the target's head, or is the first of all.
        for (long revision = Math.max(1, task.from()); revision < task.head().revision(); revision++) {
            byte[] bytes = event(revision);
            EventCodec.Entry entry = StoreErrors.decode(keys.history(revision), bytes, EventCodec::decode);
            boolean follows = entry.event().revision() == revision
                    && ((isFirst && revision > 1) || entry.previous().equals(previous));
            isFirst = false;
            if (!follows) {
                throw new CorruptionException(
                        keys.history(revision).value(), "it does not follow the event before it", null);
            }
            target.writeOnce(model, keys.history(revision), bytes);
            previous = Optional.of(Digest.sha256(bytes));
        }
        if (!task.head().entry().previous().equals(previous)) {
            throw new CorruptionException(keys.head().value(), "its event does not follow the one before it", null);
        }
    }

    private void pages(List<PageRef> refs, KnownVersions had) throws IOException {
        for (PageRef ref : refs) {
            if (!had.has(ref)) {
                byte[] bytes = pageBytes(ref);
                target.writeOnce(model, keys.page(ref.page()), bytes);
                if (ref.level() > 1 && page(ref, bytes) instanceof PageContent.Refs below) {
                    pages(below.refs(), had);
                }
            }
        }
    }

    private void head(Task task) throws IOException {
        WriteCondition condition =
                task.base().isEmpty() ? WriteCondition.ifAbsent() : WriteCondition.ifMatches(task.etag());
        Optional<byte[]> other = target.write(keys.head(), task.bytes(), condition);
        if (other.isPresent()) {
            Head now = StoreErrors.decode(keys.head(), other.get(), HeadCodec::decode);
            throw refused(now, "was written by somebody else meanwhile");
        }
    }
}
