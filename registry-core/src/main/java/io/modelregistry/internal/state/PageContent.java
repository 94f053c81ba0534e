package io.modelregistry.internal.state;

import io.modelregistry.model.ModelVersion;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** What a page holds: rows of versions, or references to pages of the level below. */
public sealed interface PageContent {
    /** The reference to this content under a name. */
    PageRef ref(String page);

    /** A page of level 1, in the order of publication. */
    record Rows(List<TableRow> rows) implements PageContent {
        /** Copies the list. */
        public Rows {
            rows = List.copyOf(rows);
        }

        @Override
        public PageRef ref(String page) {
            List<ModelVersion> versions =
                    rows.stream().map(row -> row.row().version()).toList();
            return new PageRef(
                    page,
                    1,
                    rows.get(0).row().sequence(),
                    rows.size(),
                    versions.stream().min(Comparator.naturalOrder()).orElseThrow(),
                    versions.stream().max(Comparator.naturalOrder()).orElseThrow());
        }
    }

    /** A page of a higher level, in the order of publication. */
    record Refs(List<PageRef> refs) implements PageContent {
        /** Copies the list. */
        public Refs {
            refs = List.copyOf(refs);
        }

        @Override
        public PageRef ref(String page) {
            return new PageRef(
                    page,
                    refs.get(0).level() + 1,
                    refs.get(0).first(),
                    refs.stream().mapToLong(PageRef::count).sum(),
                    extreme(PageRef::min, Comparator.reverseOrder()),
                    extreme(PageRef::max, Comparator.naturalOrder()));
        }

        private ModelVersion extreme(Function<PageRef, ModelVersion> bound, Comparator<ModelVersion> order) {
            Collection<ModelVersion> bounds = refs.stream().map(bound).toList();
            return bounds.stream().max(order).orElseThrow();
        }
    }
}
