package io.modelregistry.internal.state;

import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.VersionRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds versions in one revision of a table, reading only the pages that can hold an answer. Remembers the answers for
 * ranges. Thread-safe.
 */
public final class TableSearch {
    private static final int REMEMBERED = 256;

    private final VersionTable table;
    private final PageReader pages;
    private final ConcurrentMap<VersionRange, Optional<TableRow>> ranges = new ConcurrentHashMap<>();
    private final ConcurrentMap<ModelVersion, Optional<TableRow>> versions = new ConcurrentHashMap<>();

    /** A search over a table. */
    public TableSearch(VersionTable table, PageReader pages) {
        this.table = table;
        this.pages = pages;
    }

    /** The version of this precedence; build metadata plays no part. */
    public Optional<TableRow> find(ModelVersion version) {
        for (TableRow row : table.tail()) {
            if (row.row().version().equals(version)) {
                return Optional.of(row);
            }
        }
        Optional<TableRow> known = versions.get(version);
        if (known == null) {
            known = findIn(table.pages(), version).map(table::current);
            if (versions.size() < REMEMBERED) {
                versions.put(version, known);
            }
        }
        return known;
    }

    /** A version of the table with its present state, without reading a page if the head has it. */
    public TableRow get(VersionRow version) {
        VersionState changed = table.changes().get(version.sequence());
        return changed != null
                ? new TableRow(version, changed)
                : find(version.version())
                        .orElseThrow(() -> new IllegalStateException(
                                "Version " + version.version() + " is named in the head and not in the table"));
    }

    private Optional<TableRow> findIn(List<PageRef> refs, ModelVersion version) {
        for (int i = refs.size() - 1; i >= 0; i--) {
            if (refs.get(i).spans(version)) {
                PageContent content = pages.read(refs.get(i));
                Optional<TableRow> found = content instanceof PageContent.Refs below
                        ? findIn(below.refs(), version)
                        : first(
                                ((PageContent.Rows) content).rows(),
                                row -> row.row().version().equals(version));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The version with this number in the order of publication. */
    public Optional<TableRow> findBySequence(long sequence) {
        Optional<TableRow> inTail = first(table.tail(), row -> row.row().sequence() == sequence);
        return inTail.isPresent()
                ? inTail
                : findSequenceIn(table.pages(), sequence).map(table::current);
    }

    private Optional<TableRow> findSequenceIn(List<PageRef> refs, long sequence) {
        for (PageRef ref : refs) {
            if (ref.holds(sequence)) {
                PageContent content = pages.read(ref);
                return content instanceof PageContent.Refs below
                        ? findSequenceIn(below.refs(), sequence)
                        : first(
                                ((PageContent.Rows) content).rows(),
                                row -> row.row().sequence() == sequence);
            }
        }
        return Optional.empty();
    }

    /** The version whose sealed document has this digest. Reads the whole table. */
    public Optional<TableRow> findByDigest(Digest manifest) {
        return first(all(), row -> row.row().manifest().equals(manifest));
    }

    /** The newest version in a range, as npm's {@code maxSatisfying} chooses it. */
    public Optional<TableRow> newestIn(VersionRange range) {
        Optional<TableRow> known = ranges.get(range);
        if (known == null) {
            Newest newest = new Newest(range);
            newest.offerRows(table.tail());
            newest.offerPages(table.pages());
            known = Optional.ofNullable(newest.best).map(table::current);
            if (ranges.size() < REMEMBERED) {
                ranges.put(range, known);
            }
        }
        return known;
    }

    /** All versions in the order of publication, in their present state. Reads the whole table. */
    public List<TableRow> all() {
        List<TableRow> all = new ArrayList<>();
        collect(table.pages(), all);
        all.replaceAll(table::current);
        all.addAll(table.tail());
        return all;
    }

    private void collect(List<PageRef> refs, List<TableRow> all) {
        for (PageRef ref : refs) {
            PageContent content = pages.read(ref);
            if (content instanceof PageContent.Refs below) {
                collect(below.refs(), all);
            } else {
                all.addAll(((PageContent.Rows) content).rows());
            }
        }
    }

    private static Optional<TableRow> first(List<TableRow> rows, Predicate<TableRow> wanted) {
        for (TableRow row : rows) {
            if (wanted.test(row)) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    /** Branch and bound: pages whose highest version is not above the best one found are not read. */
    private final class Newest {
        private final VersionRange range;
        private @Nullable TableRow best;

        Newest(VersionRange range) {
            this.range = range;
        }

        void offerRows(List<TableRow> rows) {
            for (TableRow row : rows) {
                ModelVersion version = row.row().version();
                if (isBetter(version) && range.contains(version)) {
                    best = row;
                }
            }
        }

        void offerPages(List<PageRef> refs) {
            List<PageRef> highestFirst = new ArrayList<>(refs);
            highestFirst.sort((a, b) -> b.max().compareTo(a.max()));
            for (PageRef ref : highestFirst) {
                if (!isBetter(ref.max())) {
                    return;
                }
                if (range.mayContainBetween(ref.min(), ref.max())) {
                    PageContent content = pages.read(ref);
                    if (content instanceof PageContent.Refs below) {
                        offerPages(below.refs());
                    } else {
                        offerRows(((PageContent.Rows) content).rows());
                    }
                }
            }
        }

        private boolean isBetter(ModelVersion version) {
            return best == null || version.compareTo(best.row().version()) > 0;
        }
    }
}
