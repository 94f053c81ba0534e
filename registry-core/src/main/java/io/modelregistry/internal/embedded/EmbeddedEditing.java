package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Overlay;
import io.modelregistry.registry.Editing;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredModel.Status;
import io.modelregistry.registry.RegisteredVersion;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Commits edits of what is said of a model and its versions. */
final class EmbeddedEditing implements Editing {
    private final EmbeddedRegistry registry;
    private final ModelName name;

    EmbeddedEditing(EmbeddedRegistry registry, ModelName name) {
        this.registry = registry;
        this.name = name;
    }

    @Override
    public RegisteredModel facts(ExpectedRevision expected, UnaryOperator<ModelFacts> edit) {
        String action = "edit model '" + name + "'";
        registry.commit(action, name, "", draft -> {
            registry.checkRevision(draft, expected);
            ModelFacts before = draft.state().facts();
            ModelFacts after = Objects.requireNonNull(edit.apply(before), "the edited facts");
            if (after.equals(before)) {
                return new Proposal.Keep<>(name);
            }
            return new Proposal.Replace<>(draft.state().with(after), new Change.FactsEdited(before, after), name);
        });
        return EmbeddedRegistry.readBack(action, () -> registry.getModel(name.toString()));
    }

    @Override
    public RegisteredVersion overlay(ModelRef version, ExpectedRevision expected, UnaryOperator<Overlay> edit) {
        if (!version.name().equals(name)) {
            throw new InvalidValueException(
                    "version", version.toString(), "it is of another model", "a version of " + name);
        }
        return registry.commitOnVersion("edit '" + version + "'", version, "", draft -> {
            registry.checkRevision(draft, expected);
            return proposeOverlay(draft, version, edit);
        });
    }

    private Proposal<VersionRow> proposeOverlay(Draft draft, ModelRef version, UnaryOperator<Overlay> edit) {
        TableRow row = registry.readable(draft, version);
        Overlay before = row.state().overlay();
        Overlay after = Objects.requireNonNull(edit.apply(before), "the edited overlay");
        if (after.equals(before)) {
            return new Proposal.Keep<>(row.row());
        }
        return new Proposal.Replace<>(
                draft.state().withVersion(row.row(), row.state().with(after)),
                new Change.OverlayEdited(row.row().version(), before, after),
                row.row());
    }

    @Override
    public RegisteredModel retire(String reason) {
        return status("retire '" + name + "'", reason, Status.RETIRED, new Change.ModelRetired());
    }

    @Override
    public RegisteredModel restore(String reason) {
        return status("restore '" + name + "'", reason, Status.ACTIVE, new Change.ModelRestored());
    }

    private RegisteredModel status(String action, String reason, Status status, Change change) {
        registry.commit(
                action,
                name,
                reason,
                draft -> draft.state().status() == status
                        ? new Proposal.Keep<>(name)
                        : new Proposal.Replace<>(draft.state().with(status), change, name));
        return EmbeddedRegistry.readBack(action, () -> registry.getModel(name.toString()));
    }
}
