package io.modelregistry.internal.state;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.RegisteredModel.Status;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that is true of a model at one revision.
 *
 * @param identity what never changes of it
 * @param status whether it is in use
 * @param facts what is said of it
 * @param aliases the version that each alias names
 * @param stages the versions in each stage but the initial one
 * @param newest the newest versions
 * @param versions all versions
 * @param unknown fields that a newer minor format added, as JSON text by name; carried along
 */
public record HeadState(
        Identity identity,
        Status status,
        ModelFacts facts,
        SortedMap<Alias, VersionRow> aliases,
        SortedMap<Stage, StageMembers> stages,
        Newest newest,
        VersionTable versions,
        SortedMap<String, String> unknown) {
    /** Copies the maps. */
    public HeadState {
        aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
        stages = Collections.unmodifiableSortedMap(new TreeMap<>(stages));
        unknown = Collections.unmodifiableSortedMap(new TreeMap<>(unknown));
    }

    /**
     * What never changes of a model.
     *
     * @param name its name, in the spelling it was created with
     * @param id its unique id
     */
    public record Identity(ModelName name, String id) {}

    /**
     * The highest versions.
     *
     * @param any the highest of all
     * @param stable the highest that is not a pre-release
     */
    public record Newest(Optional<VersionRow> any, Optional<VersionRow> stable) {
        Newest with(VersionRow row) {
            boolean isStable = row.version().isStable();
            return new Newest(higher(any, row), isStable ? higher(stable, row) : stable);
        }

        private static Optional<VersionRow> higher(Optional<VersionRow> known, VersionRow row) {
            boolean isHigher =
                    known.isEmpty() || row.version().compareTo(known.get().version()) > 0;
            return isHigher ? Optional.of(row) : known;
        }
    }

    /** A model that has no version yet. */
    public static HeadState empty(Identity identity, ModelFacts facts) {
        return new HeadState(
                identity,
                Status.ACTIVE,
                facts,
                new TreeMap<>(),
                new TreeMap<>(),
                new Newest(Optional.empty(), Optional.empty()),
                VersionTable.EMPTY,
                new TreeMap<>());
    }

    /** The members of a stage. */
    public StageMembers members(Stage stage) {
        return stages.getOrDefault(stage, StageMembers.NOBODY);
    }

    /**
     * With one more version. The state of versions that the head names stays in the head when they move into a page.
     */
    public HeadState withPublished(VersionRow row, Stage initial, VersionTable.PageWriter pages) {
        VersionTable table = versions.append(new TableRow(row, VersionState.initial(initial)), pages);
        if (table.tail().isEmpty()) {
            for (TableRow paged : versions.tail()) {
                if (isNamed(paged.row())) {
                    table = table.with(paged.row(), paged.state());
                }
            }
        }
        return new HeadState(identity, status, facts, aliases, stages, newest.with(row), table, unknown);
    }

    private boolean isNamed(VersionRow row) {
        return aliases.containsValue(row)
                || stages.values().stream()
                        .flatMap(members -> members.recent().stream())
                        .anyMatch(pin -> pin.row().equals(row));
    }

    /**
     * The same with a small version table: what else changed of versions that nothing names moves into their pages.
     *
     * @throws PageReader.PageGoneException if one of these pages was collected
     */
    public HeadState folded(PageReader reader, VersionTable.PageWriter writer) {
        if (versions.changes().size() <= TableFolding.CHANGES) {
            return this;
        }
        Set<Long> named = new HashSet<>();
        aliases.values().forEach(row -> named.add(row.sequence()));
        for (StageMembers members : stages.values()) {
            members.recent().forEach(pin -> named.add(pin.row().sequence()));
        }
        VersionTable folded = new TableFolding(versions, named, reader, writer).folded();
        return new HeadState(identity, status, facts, aliases, stages, newest, folded, unknown);
    }

    /**
     * With a version in another stage.
     *
     * @param initial the stage whose members are not indexed
     */
    public HeadState withMoved(TableRow version, Stage to, Stage initial, StageChange context) {
        VersionState before = version.state();
        VersionState after = before.movedTo(to, context.revision());
        Map<Stage, StageMembers> index = new TreeMap<>(stages);
        StageMembers left =
                members(before.stage()).without(version.row(), before.stage().name(), context.search());
        if (left.recent().isEmpty()) {
            index.remove(before.stage());
        } else {
            index.put(before.stage(), left);
        }
        if (!to.equals(initial)) {
            index.put(to, index.getOrDefault(to, StageMembers.NOBODY).with(version.row(), after));
        }
        return new HeadState(
                identity,
                status,
                facts,
                aliases,
                new TreeMap<>(index),
                newest,
                versions.with(version.row(), after),
                unknown);
    }

    /**
     * What a move needs to know.
     *
     * @param revision the revision that the state will be
     * @param search searches the table of the state before
     */
    public record StageChange(long revision, TableSearch search) {}

    /** With another state of a version that stays in its stage. */
    public HeadState withVersion(VersionRow row, VersionState state) {
        return new HeadState(identity, status, facts, aliases, stages, newest, versions.with(row, state), unknown);
    }

    /** With an alias set; the state of the version that it names is then in the head. */
    public HeadState withAlias(Alias alias, TableRow version) {
        SortedMap<Alias, VersionRow> changed = new TreeMap<>(aliases);
        changed.remove(alias);
        changed.put(alias, version.row());
        VersionTable table = versions.with(version.row(), version.state());
        return new HeadState(identity, status, facts, changed, stages, newest, table, unknown);
    }

    /** Without an alias. */
    public HeadState withoutAlias(Alias alias) {
        SortedMap<Alias, VersionRow> changed = new TreeMap<>(aliases);
        changed.remove(alias);
        return new HeadState(identity, status, facts, changed, stages, newest, versions, unknown);
    }

    /** With other facts. */
    public HeadState with(ModelFacts other) {
        return new HeadState(identity, status, other, aliases, stages, newest, versions, unknown);
    }

    /** In use or not. */
    public HeadState with(Status other) {
        return new HeadState(identity, other, facts, aliases, stages, newest, versions, unknown);
    }
}
