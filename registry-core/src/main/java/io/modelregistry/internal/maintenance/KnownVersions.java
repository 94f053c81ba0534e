package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.TableSearch;
import io.modelregistry.internal.state.VersionState;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.registry.CorruptionException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the target's head leads to already, so that a copy need not look at it again. What cannot be read of it counts
 * as not known, and is compared anew.
 */
final class KnownVersions {
    private final VersionTable table;
    private final PageReader pages;
    private final TableSearch search;
    private final Set<String> names = new HashSet<>();

    KnownVersions(Optional<Head> base, PageReader pages) {
        this.table = base.map(head -> head.state().versions()).orElse(VersionTable.EMPTY);
        this.pages = pages;
        this.search = new TableSearch(table, pages);
        follow(table.pages());
    }

    private void follow(List<PageRef> refs) {
        for (PageRef ref : refs) {
            if (ref.level() == 1) {
                names.add(ref.page());
            } else {
                try {
                    follow(((PageContent.Refs) pages.read(ref)).refs());
                    names.add(ref.page());
                } catch (PageReader.PageGoneException | CorruptionException e) {
                    names.remove(ref.page());
                }
            }
        }
    }

    /** Whether the target has a page, and those below it. */
    boolean has(PageRef ref) {
        return names.contains(ref.page());
    }

    /** Whether the target has a page, and all that was attached to its versions by another table. */
    boolean hasAllOf(PageRef ref, VersionTable other) {
        Map<Long, VersionState> changes = other.changes().subMap(ref.first(), ref.first() + ref.count());
        return has(ref)
                && changes.entrySet().stream()
                        .allMatch(change ->
                                change.getValue().equals(table.changes().get(change.getKey())));
    }

    /** Whether the target has the version with this number. */
    boolean hasVersion(long sequence) {
        return sequence <= table.count();
    }

    /** What the target does not have of what is attached to a version. */
    List<Attachment> missing(TableRow row) {
        List<Attachment> attachments = row.state().attachments();
        if (attachments.isEmpty() || !hasVersion(row.row().sequence())) {
            return attachments;
        }
        Set<Attachment> present = attached(row.row().sequence());
        return attachments.stream()
                .filter(attachment -> !present.contains(attachment))
                .toList();
    }

    private Set<Attachment> attached(long sequence) {
        try {
            return search.findBySequence(sequence)
                    .map(row -> Set.copyOf(row.state().attachments()))
                    .orElse(Set.of());
        } catch (PageReader.PageGoneException | CorruptionException e) {
            return Set.of();
        }
    }
}
