package io.modelregistry.internal.embedded;

import io.modelregistry.internal.state.StageMembers;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.registry.VersionSummary;
import java.util.Comparator;
import java.util.List;

/** Finds the versions that a rollback may bring back, the one that left production last first. */
final class RollbackTargets {
    private RollbackTargets() {}

    static List<VersionSummary> of(StoredHead head, LifecyclePolicy policy) {
        boolean allListed = policy.rollbackFrom().stream()
                .noneMatch(stage -> head.state().members(stage).more());
        if (!allListed) {
            return head.search().all().stream()
                    .filter(row -> row.state().leftProduction() > 0
                            && policy.rollbackFrom().contains(row.state().stage()))
                    .sorted(Comparator.comparingLong(
                                    (TableRow row) -> row.state().leftProduction())
                            .reversed())
                    .map(row -> EmbeddedRegistry.summary(head, row))
                    .toList();
        }
        record Target(Stage stage, StageMembers.Pin pin) {}
        return policy.rollbackFrom().stream()
                .flatMap(stage -> head.state().members(stage).recent().stream().map(pin -> new Target(stage, pin)))
                .filter(target -> target.pin().leftProduction() > 0)
                .sorted(Comparator.comparingLong((Target target) -> target.pin().leftProduction())
                        .reversed())
                .map(target -> new VersionSummary(
                        head.state().identity().name(),
                        target.pin().row().version(),
                        target.pin().row().sequence(),
                        target.pin().row().manifest(),
                        target.stage()))
                .toList();
    }
}
