package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a model must be after the events of its history, found by applying them one by one. */
final class AuditedModel {
    private final SortedMap<ModelVersion, Row> rows;
    private final SortedMap<Alias, ModelVersion> aliases;
    private final Map<Long, ModelVersion> production;
    private final Map<Long, SortedMap<Alias, ModelVersion>> named;
    private long revision;

    AuditedModel() {
        rows = new TreeMap<>();
        aliases = new TreeMap<>();
        production = new HashMap<>();
        named = new HashMap<>();
    }

    AuditedModel(AuditedModel other) {
        rows = new TreeMap<>(other.rows);
        aliases = new TreeMap<>(other.aliases);
        production = new HashMap<>(other.production);
        named = new HashMap<>(other.named);
        revision = other.revision;
    }

    /** A version as it must stand in the head. */
    record Row(VersionRow row, Stage stage, List<Attachment> attachments) {
        Row {
            attachments = List.copyOf(attachments);
        }

        Row in(Stage other) {
            return new Row(row, other, attachments);
        }

        Row with(Attachment one) {
            List<Attachment> more = new ArrayList<>(attachments);
            more.add(one);
            return new Row(row, stage, more);
        }
    }

    SortedMap<ModelVersion, Row> rows() {
        return rows;
    }

    SortedMap<Alias, ModelVersion> aliases() {
        return aliases;
    }

    Optional<Row> row(ModelVersion version) {
        return Optional.ofNullable(rows.get(version));
    }

    /** The version in production after a revision. */
    Optional<ModelVersion> productionAt(long at) {
        return Optional.ofNullable(production.get(at));
    }

    /** The aliases after a revision. */
    SortedMap<Alias, ModelVersion> aliasesAt(long at) {
        return named.getOrDefault(at, new TreeMap<>());
    }

    /** Applies the event of the next revision. */
    void apply(Change change) {
        if (change instanceof Change.VersionPublished published) {
            publish(published);
        } else if (change instanceof Change.StagesChanged changed) {
            changed.moves().forEach(this::move);
        } else if (change instanceof Change.RolledBack rolledBack) {
            rolledBack.moves().forEach(this::move);
        } else if (change instanceof Change.AliasSet set) {
            if (!Optional.ofNullable(aliases.get(set.alias())).equals(set.from()) || !rows.containsKey(set.to())) {
                throw new PropertyViolation("P4-lost-update", set + " but it was " + aliases.get(set.alias()));
            }
            aliases.put(set.alias(), set.to());
        } else if (change instanceof Change.AliasRemoved removed) {
            if (!removed.from().equals(aliases.remove(removed.alias()))) {
                throw new PropertyViolation("P4-lost-update", removed + " but it was another version's");
            }
        } else if (change instanceof Change.Attached attached) {
            rows.put(attached.version(), existing(attached.version()).with(attached.attachment()));
        } else if (!(change instanceof Change.PagesCollected)) {
            throw new PropertyViolation("P0-unexpected", "nobody asked for " + change);
        }
        revision++;
        remember();
    }

    private void publish(Change.VersionPublished published) {
        if (rows.containsKey(published.version())) {
            throw new PropertyViolation("P4-twice", "version " + published.version() + " was published twice");
        }
        if (published.sequence() != rows.size() + 1) {
            throw new PropertyViolation(
                    "P10-sequence",
                    "version " + published.version() + " has sequence " + published.sequence() + ", but is number "
                            + (rows.size() + 1));
        }
        VersionRow row = new VersionRow(published.version(), published.sequence(), published.manifest());
        rows.put(published.version(), new Row(row, Stage.NONE, List.of()));
    }

    private void move(Change.StageMove move) {
        Row row = existing(move.version());
        if (!row.stage().equals(move.from())) {
            throw new PropertyViolation("P4-lost-update", move + " but it was in " + row.stage());
        }
        rows.put(move.version(), row.in(move.to()));
    }

    private Row existing(ModelVersion version) {
        return row(version).orElseThrow(() -> new PropertyViolation("P3-lost", "version " + version + " is gone"));
    }

    private void remember() {
        List<ModelVersion> holders = rows.values().stream()
                .filter(row -> row.stage().equals(Stage.PRODUCTION))
                .map(row -> row.row().version())
                .toList();
        if (!aliases.isEmpty()) {
            named.put(revision, new TreeMap<>(aliases));
        }
        if (holders.size() > 1) {
            throw new PropertyViolation("P5-one-production", holders + " are in production at revision " + revision);
        }
        if (!holders.isEmpty()) {
            production.put(revision, holders.get(0));
        }
    }
}
