package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.internal.commit.Draft;
import io.modelregistry.internal.commit.Proposal;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.model.Alias;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.Aliases;
import io.modelregistry.registry.ModelNotFoundException;
import java.util.Optional;
import java.util.SortedMap;

/** Commits changes of aliases. */
final class EmbeddedAliases implements Aliases {
    private final EmbeddedRegistry registry;
    private final ModelName name;

    EmbeddedAliases(EmbeddedRegistry registry, ModelName name) {
        this.registry = registry;
        this.name = name;
    }

    @Override
    public SortedMap<Alias, ModelVersion> all() {
        return registry.findModel(name)
                .orElseThrow(() -> ModelNotFoundException.model(name))
                .aliases();
    }

    @Override
    public ModelVersion set(String label, String version) {
        boolean marked = version.startsWith("#") || version.startsWith("@") || version.startsWith(":");
        return set(Alias.of(label), ModelRef.parse(name + (marked ? "" : ":") + version));
    }

    @Override
    public ModelVersion set(Alias alias, ModelRef target) {
        boolean isStage = registry.policy().stages().stream()
                .anyMatch(stage -> stage.name().equalsIgnoreCase(alias.name()));
        if (isStage) {
            throw new InvalidValueException("alias", alias.name(), "it is the name of a stage", "another label");
        }
        if (!target.name().equals(name)) {
            throw new InvalidValueException(
                    "alias target", target.toString(), "it is of another model", "a version of " + name);
        }
        String action = "set alias '" + alias + "' of '" + name + "'";
        return registry.commit(action, name, "", draft -> proposeSet(draft, alias, target));
    }

    private Proposal<ModelVersion> proposeSet(Draft draft, Alias alias, ModelRef target) {
        registry.checkActive(draft, "set an alias of");
        checkCase(draft, alias);
        TableRow version = registry.readable(draft, target);
        VersionRow row = version.row();
        Optional<VersionRow> before =
                Optional.ofNullable(draft.state().aliases().get(alias));
        if (before.isPresent() && before.get().equals(row)) {
            return new Proposal.Keep<>(row.version());
        }
        return new Proposal.Replace<>(
                draft.state().withAlias(alias, version),
                new Change.AliasSet(alias, before.map(VersionRow::version), row.version()),
                row.version());
    }

    private static void checkCase(Draft draft, Alias alias) {
        for (Alias known : draft.state().aliases().keySet()) {
            if (known.folded().equals(alias.folded()) && !known.equals(alias)) {
                throw new InvalidValueException(
                        "alias",
                        alias.name(),
                        "it differs from '" + known + "' by case only",
                        "'" + known + "' or another label");
            }
        }
    }

    @Override
    public void remove(Alias alias) {
        String action = "remove alias '" + alias + "' of '" + name + "'";
        registry.commit(action, name, "", draft -> proposeRemove(draft, alias));
    }

    private Proposal<Alias> proposeRemove(Draft draft, Alias alias) {
        VersionRow before = draft.state().aliases().get(alias);
        if (before == null) {
            throw ModelNotFoundException.partOf(ModelRef.newest(name), "alias '" + alias + "'");
        }
        return new Proposal.Replace<>(
                draft.state().withoutAlias(alias), new Change.AliasRemoved(alias, before.version()), alias);
    }
}
