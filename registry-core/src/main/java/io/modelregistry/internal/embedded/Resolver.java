package io.modelregistry.internal.embedded;

import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Selector;
import io.modelregistry.registry.ModelNotFoundException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** Finds the version that a reference leads to at one revision of a model. Stateless. */
final class Resolver {
    private final LifecyclePolicy policy;

    Resolver(LifecyclePolicy policy) {
        this.policy = policy;
    }

    /** The version with its state. */
    TableRow get(StoredHead head, ModelRef ref) {
        return find(head, ref)
                .orElseThrow(
                        () -> ModelNotFoundException.version(ref, "nothing matches at revision " + head.revision()));
    }

    /** The version with its state; empty if the reference leads nowhere. */
    Optional<TableRow> find(StoredHead head, ModelRef ref) {
        Selector selector = ref.selector();
        if (selector instanceof Selector.Exact exact) {
            return head.search().find(exact.version());
        }
        if (selector instanceof Selector.Range range) {
            return head.search().newestIn(range.range());
        }
        if (selector instanceof Selector.Sequence sequence) {
            return head.search().findBySequence(sequence.number());
        }
        if (selector instanceof Selector.ByDigest digest) {
            return head.search().findByDigest(digest.digest());
        }
        if (selector instanceof Selector.ExactWithDigest both) {
            return head.search()
                    .find(both.version())
                    .filter(row -> row.row().manifest().equals(both.digest()));
        }
        return findRow(head, selector).map(row -> head.search().get(row));
    }

    private Optional<VersionRow> findRow(StoredHead head, Selector selector) {
        if (selector instanceof Selector.Labelled labelled) {
            return labelled(head, labelled.label());
        }
        return head.state().newest().stable();
    }

    private Optional<VersionRow> labelled(StoredHead head, String label) {
        Optional<Stage> stage = policy.stages().stream()
                .filter(known -> known.name().equalsIgnoreCase(label))
                .findFirst();
        if (stage.isEmpty()) {
            return head.state().aliases().entrySet().stream()
                    .filter(alias -> alias.getKey().name().equals(label))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }
        if (!stage.get().equals(policy.initial())) {
            return head.state().members(stage.get()).latest();
        }
        return head.search().all().stream()
                .filter(row -> row.state().stage().equals(policy.initial()))
                .max(Comparator.comparingLong((TableRow row) -> row.state().since())
                        .thenComparingLong(row -> row.row().sequence()))
                .map(TableRow::row);
    }
}
