package io.modelregistry.internal.maintenance;

import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.EventCodec.Entry;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Checks that a history is complete, that each event follows the one before it, and that the table agrees with it. */
final class HistoryVerifier {
    private final Inspection inspection;
    private final ModelKeys keys;
    private Optional<Digest> previous = Optional.empty();
    private boolean previousKnown = true;

    HistoryVerifier(Inspection inspection, ModelKeys keys) {
        this.inspection = inspection;
        this.keys = keys;
    }

    /** Checks the events that led to a head. */
    void verify(Head head, TableVerifier table) throws IOException {
        String modelId = head.state().identity().id();
        long published = 0;
        boolean isGapless = true;
        for (long revision = 1; revision <= head.revision(); revision++) {
            boolean isLast = revision == head.revision();
            StorageKey key = isLast ? keys.head() : keys.history(revision);
            Optional<byte[]> bytes = isLast
                    ? Optional.of(head.eventBytes())
                    : inspection.read(key, "the model is at revision " + head.revision());
            Optional<Entry> entry = bytes.flatMap(found -> inspection.decode(key, found, EventCodec::decode));
            if (bytes.isEmpty() || entry.isEmpty()) {
                previousKnown = false;
                isGapless = false;
                continue;
            }
            follow(key, bytes.get(), entry.get());
            check(key, entry.get().event(), revision, modelId);
            if (entry.get().event().change() instanceof Change.VersionPublished version) {
                published++;
                compare(key, version, table);
            }
        }
        if (isGapless && published != head.state().versions().count()) {
            inspection.report(
                    keys.head(),
                    Kind.DAMAGED,
                    "it counts " + head.state().versions().count() + " versions, and its history published "
                            + published);
        }
    }

    private void follow(StorageKey key, byte[] bytes, Entry entry) {
        if (previousKnown && !entry.previous().equals(previous)) {
            inspection.report(key, Kind.DAMAGED, "it does not follow the event before it");
        }
        previous = Optional.of(Digest.sha256(bytes));
        previousKnown = true;
    }

    private void check(StorageKey key, RegistryEvent event, long revision, String modelId) {
        if (event.revision() != revision) {
            inspection.report(
                    key, Kind.DAMAGED, "it is the event of revision " + event.revision() + ", expected " + revision);
        } else if (!event.model().equals(keys.name()) || !event.modelId().equals(modelId)) {
            inspection.report(
                    key,
                    Kind.DAMAGED,
                    "it is an event of model '" + event.model() + "' with id " + event.modelId() + ", expected "
                            + modelId);
        }
    }

    private void compare(StorageKey key, Change.VersionPublished published, TableVerifier table) {
        Optional<TableRow> row = table.find(published.version());
        if (!table.isComplete()) {
            return;
        }
        boolean agrees = row.isPresent()
                && row.get().row().sequence() == published.sequence()
                && row.get().row().manifest().equals(published.manifest());
        if (!agrees) {
            inspection.report(
                    key,
                    Kind.DAMAGED,
                    "it published version '" + published.version() + "' as number " + published.sequence()
                            + ", and the version table says otherwise");
        }
    }

    /** Checks an event that was met in the folder, ascending. */
    void met(StorageKey key, long revision, Optional<Head> head) throws IOException {
        if (head.isPresent() && revision < head.get().revision()) {
            return;
        }
        Optional<byte[]> bytes = inspection.read(key, "it was there a moment ago");
        if (bytes.isEmpty()) {
            return;
        }
        if (head.isPresent() && revision == head.get().revision()) {
            if (!Arrays.equals(bytes.get(), head.get().eventBytes())) {
                inspection.report(key, Kind.DAMAGED, "it is not the event that the head carries");
            }
            return;
        }
        Optional<Entry> entry = inspection.decode(key, bytes.get(), EventCodec::decode);
        if (entry.isEmpty()) {
            previousKnown = false;
            return;
        }
        follow(key, bytes.get(), entry.get());
        if (head.isPresent()) {
            check(
                    key,
                    entry.get().event(),
                    revision,
                    head.get().state().identity().id());
            inspection.report(
                    key,
                    Kind.LEFTOVER,
                    "the model is at revision " + head.get().revision()
                            + ": a copy of later revisions did not come to its end, and may go on");
        }
    }
}
