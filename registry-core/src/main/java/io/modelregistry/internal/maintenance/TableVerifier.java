package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.TableCodec;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.StageMembers;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.TableSearch;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the version table of a model with its pages, and that what the head names is in it. Goes through the versions
 * in the order of publication, holding one page of each level.
 */
final class TableVerifier {
    private final Inspection inspection;
    private final ModelKeys keys;
    private final VersionVerifier versions;
    private final Set<StorageKey> named = new HashSet<>();
    private boolean complete = true;
    private @Nullable HeadState state;
    private @Nullable TableSearch search;
    private long sequence;

    TableVerifier(Inspection inspection, ModelKeys keys, VersionVerifier versions) {
        this.inspection = inspection;
        this.keys = keys;
        this.versions = versions;
    }

    /** Checks everything that a state leads to. */
    void verify(HeadState head) throws IOException {
        state = head;
        search = new TableSearch(head.versions(), new PageStore(inspection.node()).of(keys));
        pages(head.versions().pages());
        rows(head.versions().tail());
        if (complete && sequence != head.versions().count()) {
            damaged("it counts " + head.versions().count() + " versions, and its table has " + sequence);
        }
        for (Map.Entry<Alias, VersionRow> alias : head.aliases().entrySet()) {
            named("its alias '" + alias.getKey() + "'", alias.getValue());
        }
        for (Map.Entry<Stage, StageMembers> stage : head.stages().entrySet()) {
            for (StageMembers.Pin pin : stage.getValue().recent()) {
                named("its stage " + stage.getKey().name(), pin.row());
            }
        }
        head.newest().any().ifPresent(row -> named("its newest version", row));
        head.newest().stable().ifPresent(row -> named("its newest stable version", row));
    }

    private void damaged(String why) {
        inspection.report(keys.head(), Kind.DAMAGED, why);
    }

    private void named(String what, VersionRow row) {
        Optional<TableRow> found = find(row.version());
        if (complete && !found.map(TableRow::row).equals(Optional.of(row))) {
            damaged(what + " names version '" + row.version() + "', which is not in its table");
        }
    }

    private void pages(List<PageRef> refs) throws IOException {
        for (PageRef ref : refs) {
            StorageKey key = keys.page(ref.page());
            named.add(key);
            Optional<PageContent> content = inspection
                    .read(key, "the version table names it")
                    .filter(bytes -> hasName(key, ref, bytes))
                    .flatMap(bytes -> inspection.decode(key, bytes, TableCodec::decodePage));
            if (content.isEmpty()) {
                complete = false;
                sequence = ref.first() + ref.count() - 1;
            } else if (!matches(ref, content.get())) {
                inspection.report(key, Kind.DAMAGED, "it does not hold the versions that the table says");
                complete = false;
                sequence = ref.first() + ref.count() - 1;
            } else if (content.get() instanceof PageContent.Refs below) {
                pages(below.refs());
            } else if (content.get() instanceof PageContent.Rows rows) {
                rows(rows.rows());
            }
        }
    }

    private boolean hasName(StorageKey key, PageRef ref, byte[] bytes) {
        boolean has = PageStore.isNameOf(ref.page(), bytes);
        if (!has) {
            inspection.report(key, Kind.DAMAGED, "its bytes do not match its name");
        }
        return has;
    }

    private static boolean matches(PageRef ref, PageContent content) {
        boolean isEmpty = content instanceof PageContent.Rows rows
                ? rows.rows().isEmpty()
                : ((PageContent.Refs) content).refs().isEmpty();
        return !isEmpty && content.ref(ref.page()).equals(ref);
    }

    private void rows(List<TableRow> rows) throws IOException {
        VersionTable table = Objects.requireNonNull(state).versions();
        for (TableRow row : rows) {
            sequence++;
            if (row.row().sequence() != sequence) {
                damaged("version '" + row.row().version() + "' has number "
                        + row.row().sequence() + " in its table, expected " + sequence);
                sequence = row.row().sequence();
            }
            versions.published(row.row(), table.current(row).state());
        }
    }

    /** The version with a precedence; empty if it was not published, or the page that could tell is damaged. */
    Optional<TableRow> find(ModelVersion version) {
        if (search == null) {
            return Optional.empty();
        }
        try {
            return search.find(version);
        } catch (CorruptionException
                | UnsupportedFormatException
                | StorageFailedException
                | PageReader.PageGoneException e) {
            complete = false; // The walk through the pages has reported why.
            return Optional.empty();
        }
    }

    /** Whether all pages could be read, so that what was not found is not there. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the table names a page. */
    boolean names(StorageKey page) {
        return named.contains(page);
    }
}
