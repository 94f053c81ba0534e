package io.modelregistry.internal.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Moves the changes of versions in pages from the head into new copies of these pages, and of the pages above them, so
 * that the head stays small whatever the number of changes. The pages with most changes come first, which for changes
 * of versions that were published one after the other is one page in some {@value VersionTable#FAN_OUT} commits.
 */
final class TableFolding {
    /** How many changes may stand in the head before some are moved. */
    static final int CHANGES = VersionTable.FAN_OUT / 2;

    private final VersionTable table;
    private final Set<Long> stays;
    private final PageReader reader;
    private final VersionTable.PageWriter writer;

    /**
     * Folds a table.
     *
     * @param stays the numbers of the versions whose changes stay in the head
     */
    TableFolding(VersionTable table, Set<Long> stays, PageReader reader, VersionTable.PageWriter writer) {
        this.table = table;
        this.stays = stays;
        this.reader = reader;
        this.writer = writer;
    }

    /** The table with at most {@value #CHANGES} changes in the head beside those that stay there. */
    VersionTable folded() {
        Set<Long> folded = changesToFold();
        if (folded.isEmpty()) {
            return table;
        }
        List<List<PageRef>> levels = new ArrayList<>(table.levels());
        levels.replaceAll(refs -> rewritten(refs, folded));
        SortedMap<Long, VersionState> left = new TreeMap<>(table.changes());
        left.keySet().removeAll(folded);
        return new VersionTable(table.count(), table.tail(), levels, left);
    }

    private Set<Long> changesToFold() {
        SortedMap<Long, List<Long>> byPage = new TreeMap<>();
        int movable = 0;
        for (Long sequence : table.changes().keySet()) {
            if (!stays.contains(sequence)) {
                byPage.computeIfAbsent((sequence - 1) / VersionTable.FAN_OUT, page -> new ArrayList<>())
                        .add(sequence);
                movable++;
            }
        }
        List<List<Long>> fullestFirst = new ArrayList<>(byPage.values());
        fullestFirst.sort(
                Comparator.comparingInt((List<Long> changes) -> changes.size()).reversed());
        Set<Long> folded = new HashSet<>();
        for (List<Long> changes : fullestFirst) {
            if (movable - folded.size() <= CHANGES) {
                break;
            }
            folded.addAll(changes);
        }
        return folded;
    }

    private List<PageRef> rewritten(List<PageRef> refs, Set<Long> folded) {
        List<PageRef> result = new ArrayList<>(refs);
        result.replaceAll(ref -> folded.stream().anyMatch(ref::holds) ? rewritten(ref, folded) : ref);
        return result;
    }

    private PageRef rewritten(PageRef ref, Set<Long> folded) {
        PageContent content = reader.read(ref);
        PageContent changed = content instanceof PageContent.Refs below
                ? new PageContent.Refs(rewritten(below.refs(), folded))
                : new PageContent.Rows(((PageContent.Rows) content)
                        .rows().stream().map(table::current).toList());
        return changed.ref(writer.write(changed));
    }
}
