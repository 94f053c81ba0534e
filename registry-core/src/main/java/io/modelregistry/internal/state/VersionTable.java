package io.modelregistry.internal.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All versions of a model, in the order of publication. The newest rows stand in the head itself; {@value #FAN_OUT}
 * full rows move into a page, {@value #FAN_OUT} references to pages into a page of the next level, so that the head
 * stays small whatever the number of versions. Immutable.
 *
 * @param count how many versions there are
 * @param tail the rows that are not in a page yet, fewer than {@value #FAN_OUT}
 * @param levels for each level, from 1, the pages that are not in a page of the next level yet, fewer than
 *     {@value #FAN_OUT} each
 * @param changes the present state of those versions in pages that changed since their page was written, by sequence
 */
public record VersionTable(
        long count, List<TableRow> tail, List<List<PageRef>> levels, SortedMap<Long, VersionState> changes) {
    /** How many entries make a full part. */
    public static final int FAN_OUT = 32;

    /** A table without versions. */
    public static final VersionTable EMPTY = new VersionTable(0, List.of(), List.of(), new TreeMap<>());

    /** Copies the collections. */
    public VersionTable {
        tail = List.copyOf(tail);
        levels = levels.stream().map(List::copyOf).toList();
        changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    }

    /** All page references in the head: the highest level first, that is in the order of publication. */
    public List<PageRef> pages() {
        List<PageRef> pages = new ArrayList<>();
        for (int level = levels.size() - 1; level >= 0; level--) {
            pages.addAll(levels.get(level));
        }
        return pages;
    }

    /** Appends a version; full parts move into pages that the writer names. */
    public VersionTable append(TableRow row, PageWriter writer) {
        List<TableRow> rows = new ArrayList<>(tail);
        rows.add(row);
        List<List<PageRef>> above = new ArrayList<>(levels);
        if (rows.size() == FAN_OUT) {
            PageContent full = new PageContent.Rows(rows);
            rows = List.of();
            for (int level = 0; ; level++) {
                List<PageRef> refs = new ArrayList<>(level < above.size() ? above.get(level) : List.of());
                refs.add(full.ref(writer.write(full)));
                if (level == above.size()) {
                    above.add(List.of());
                }
                if (refs.size() < FAN_OUT) {
                    above.set(level, refs);
                    break;
                }
                above.set(level, List.of());
                full = new PageContent.Refs(refs);
            }
        }
        return new VersionTable(count + 1, rows, above, changes);
    }

    /** The table with another state of a version. */
    public VersionTable with(VersionRow version, VersionState state) {
        for (int i = 0; i < tail.size(); i++) {
            if (tail.get(i).row().sequence() == version.sequence()) {
                List<TableRow> rows = new ArrayList<>(tail);
                rows.set(i, rows.get(i).with(state));
                return new VersionTable(count, rows, levels, changes);
            }
        }
        SortedMap<Long, VersionState> changed = new TreeMap<>(changes);
        changed.put(version.sequence(), state);
        return new VersionTable(count, tail, levels, changed);
    }

    /** A row as its page has it, in its present state. */
    public TableRow current(TableRow row) {
        VersionState changed = changes.get(row.row().sequence());
        return changed == null ? row : row.with(changed);
    }

    /** Takes a full part of the table and names the page that will hold it. */
    @FunctionalInterface
    public interface PageWriter {
        /** The name of the page; the page must be durable before the head that refers to it. */
        String write(PageContent content);
    }
}
