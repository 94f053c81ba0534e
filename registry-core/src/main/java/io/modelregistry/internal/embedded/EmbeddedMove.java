package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.IllegalTransitionException;
import io.modelregistry.registry.Move;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.VersionSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Moves of versions between stages, each with what it displaces in one commit. */
final class EmbeddedMove implements Move {
    private final EmbeddedRegistry registry;
    private final ModelRef ref;
    private final Stage to;
    private String reason = "";
    private ExpectedRevision expected = ExpectedRevision.any();

    EmbeddedMove(EmbeddedRegistry registry, ModelRef ref, Stage to) {
        this.registry = registry;
        this.ref = ref;
        this.to = to;
    }

    @Override
    public Move because(String why) {
        reason = why;
        return this;
    }

    @Override
    public Move ifRevision(long revision) {
        expected = ExpectedRevision.of(revision);
        return this;
    }

    @Override
    public RegisteredVersion commit() {
        return registry.commitOnVersion("move '" + ref + "' to " + to, ref, reason, this::propose);
    }

    private Proposal<VersionRow> propose(Draft draft) {
        registry.checkRevision(draft, expected);
        registry.checkActive(draft, "move a version of");
        LifecyclePolicy policy = registry.policy();
        if (!policy.stages().contains(to)) {
            throw new IllegalTransitionException(
                    ref.toString(),
                    "the policy '" + policy.name() + "' has no stage " + to,
                    "one of " + policy.stages());
        }
        TableRow version = registry.readable(draft, ref);
        Stage from = version.state().stage();
        if (from.equals(to)) {
            return new Proposal.Keep<>(version.row());
        }
        if (!policy.allows(from, to)) {
            throw new IllegalTransitionException(
                    exact(draft, version),
                    "it is in " + from + ", from where it cannot go to " + to,
                    "one of " + policy.next(from));
        }
        return moved(draft, version, to, Change.StagesChanged::new);
    }

    /** Brings the first of the targets back. */
    static Proposal<VersionRow> rollback(EmbeddedRegistry registry, Draft draft, List<VersionSummary> targets) {
        if (targets.isEmpty()) {
            throw new IllegalTransitionException(
                    draft.keys().name().toString(), "no version of it has left production", "one to roll back to");
        }
        return rollback(registry, draft, targets.get(0).ref());
    }

    /** Brings a version back that has been in production. */
    static Proposal<VersionRow> rollback(EmbeddedRegistry registry, Draft draft, ModelRef ref) {
        registry.checkActive(draft, "roll back");
        TableRow version = registry.readable(draft, ref);
        Stage from = version.state().stage();
        if (version.state().leftProduction() == 0) {
            throw new IllegalTransitionException(
                    exact(draft, version),
                    from.equals(Stage.PRODUCTION) ? "it is in PRODUCTION" : "it has never been in PRODUCTION",
                    "one of the rollback targets");
        }
        if (!registry.policy().rollbackFrom().contains(from)) {
            throw new IllegalTransitionException(
                    exact(draft, version),
                    "it is in " + from + ", from where it cannot be rolled back to",
                    "one in " + registry.policy().rollbackFrom());
        }
        return new EmbeddedMove(registry, ref, Stage.PRODUCTION)
                .moved(draft, version, Stage.PRODUCTION, Change.RolledBack::new);
    }

    private static String exact(Draft draft, TableRow version) {
        return draft.keys().name() + ":" + version.row().version();
    }

    private Proposal<VersionRow> moved(
            Draft draft, TableRow version, Stage target, Function<List<Change.StageMove>, Change> change) {
        List<Change.StageMove> moves = new ArrayList<>();
        moves.add(new Change.StageMove(version.row().version(), version.state().stage(), target));
        HeadState state = draft.state();
        Stage initial = registry.policy().initial();
        HeadState.StageChange context =
                new HeadState.StageChange(draft.revision(), draft.existing().search());
        Optional<Stage> displaced = registry.policy().displacedTo(target);
        Optional<VersionRow> holder =
                displaced.isPresent() ? state.members(target).latest() : Optional.empty();
        if (holder.isPresent()) {
            TableRow previous =
                    draft.existing().search().find(holder.get().version()).orElseThrow();
            moves.add(new Change.StageMove(holder.get().version(), target, displaced.get()));
            state = state.withMoved(previous, displaced.get(), initial, context);
        }
        state = state.withMoved(version, target, initial, context);
        return new Proposal.Replace<>(state, change.apply(moves), version.row());
    }
}
