package io.modelregistry.storm;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storm.Deed.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what workers were told with what a registry holds: each change that was acknowledged is in the history once
 * and in the state; the history has no gap, and nothing that nobody did; the state is what the history leads to.
 */
final class DeedCheck {
    private final ModelRegistry registry;
    private final int unheard;

    /**
     * A check.
     *
     * @param unheard at most so many changes took place of which nobody could tell any more, because the worker was
     *     killed
     */
    DeedCheck(ModelRegistry registry, int unheard) {
        this.registry = registry;
        this.unheard = unheard;
    }

    /** Throws an {@link AssertionError} that says what is wrong. */
    void check(List<Deed> deeds) throws IOException {
        Map<String, List<Deed>> byModel = new TreeMap<>();
        deeds.forEach(deed ->
                byModel.computeIfAbsent(deed.model(), name -> new ArrayList<>()).add(deed));
        for (Map.Entry<String, List<Deed>> entry : byModel.entrySet()) {
            if (entry.getValue().stream().anyMatch(Deed::isDone)) {
                new OfModel(entry.getKey()).check(entry.getValue());
            }
        }
    }

    /** Finds no damage. */
    static void verify(StorageNode node) {
        VerificationReport report = RegistryMaintenance.over(node).verify();
        demand(report.isSound(), "The check of the store says %s %s", report, report.findings());
    }

    private static void demand(boolean holds, String what, Object... values) {
        if (!holds) {
            throw new AssertionError(what.formatted(values));
        }
    }

    private final class OfModel {
        private final String name;
        private final RegisteredModel model;
        private final List<RegistryEvent> events;
        private final Map<String, Integer> made = new HashMap<>();
        private final Map<String, String> aliases = new TreeMap<>();
        private final Map<String, Long> counters = new TreeMap<>();
        private String production = "";
        private long published;

        OfModel(String name) {
            this.name = name;
            this.model = registry.getModel(name);
            this.events = registry.history(name).all();
        }

        void check(List<Deed> deeds) throws IOException {
            replay();
            compareState();
            compareDeeds(deeds);
            readContents(deeds);
        }

        private void replay() {
            long revision = 0;
            for (RegistryEvent event : events) {
                demand(event.revision() == ++revision, "'%s' has no event %s, but %s", name, revision, event);
                apply(event);
            }
            demand(revision == model.revision(), "'%s' is at %s after %s events", name, model.revision(), revision);
        }

        private void apply(RegistryEvent event) {
            Change change = event.change();
            String key;
            if (change instanceof Change.VersionPublished version) {
                demand(version.sequence() == ++published, "'%s' has no sequence %s: %s", name, published, event);
                key = key(Kind.REGISTERED, event.reason(), "");
            } else if (change instanceof Change.StagesChanged stages) {
                String before = stages.moves().size() < 2
                        ? ""
                        : stages.moves().get(1).version().toString();
                demand(
                        before.equals(production),
                        "'%s' replaces '%s' in production, not '%s'",
                        event,
                        before,
                        production);
                production = stages.moves().get(0).version().toString();
                key = key(Kind.PROMOTED, event.reason(), "");
            } else if (change instanceof Change.AliasSet set) {
                aliases.put(set.alias().toString(), set.to().toString());
                key = key(Kind.ALIASED, set.alias().toString(), set.to().toString());
            } else if (change instanceof Change.FactsEdited edited) {
                key = key(Kind.COUNTED, counted(edited), "");
            } else {
                throw new AssertionError("Nobody did " + event);
            }
            made.merge(key, 1, Integer::sum);
        }

        private String counted(Change.FactsEdited edited) {
            String counter = StormWork.FREE;
            for (String candidate : List.of(StormWork.FREE, StormWork.GUARDED)) {
                long from = StormWork.count(edited.from(), candidate);
                long to = StormWork.count(edited.to(), candidate);
                if (from != to) {
                    demand(
                            to == from + 1 && from == counters.getOrDefault(candidate, 0L),
                            "'%s' counted '%s' from %s to %s, expected to continue from %s",
                            name,
                            candidate,
                            from,
                            to,
                            counters.getOrDefault(candidate, 0L));
                    counters.put(candidate, to);
                    counter = candidate;
                }
            }
            return counter;
        }

        private void compareState() {
            counters.forEach((counter, value) -> {
                long is = StormWork.count(model.facts(), counter);
                demand(is == value, "'%s' has '%s' at %s, expected %s", name, counter, is, value);
            });
            Map<String, String> now = new TreeMap<>();
            model.aliases().forEach((alias, version) -> now.put(alias.toString(), version.toString()));
            demand(now.equals(aliases), "'%s' has the aliases %s, expected %s", name, now, aliases);
            demand(model.versionCount() == published, "'%s' has %s versions, expected %s", name, model, published);
            if (!production.isEmpty()) {
                String is = registry.resolve(name + "@production").version().toString();
                demand(is.equals(production), "'%s' has %s in production, expected %s", name, is, production);
            }
        }

        /** Each deed is one event; what is left over was done by somebody who could not tell. */
        private void compareDeeds(List<Deed> deeds) {
            Map<String, Integer> certain = new HashMap<>();
            Map<String, Integer> possible = new HashMap<>();
            for (Deed deed : deeds) {
                (deed.isDone() ? certain : possible).merge(key(deed), 1, Integer::sum);
            }
            certain.forEach((key, times) -> demand(
                    made.getOrDefault(key, 0) >= times,
                    "'%s' was acknowledged %s times in '%s' and is there %s times",
                    key,
                    times,
                    name,
                    made.getOrDefault(key, 0)));
            int extra = 0;
            for (Map.Entry<String, Integer> event : made.entrySet()) {
                int known = certain.getOrDefault(event.getKey(), 0) + possible.getOrDefault(event.getKey(), 0);
                boolean isUnique = !event.getKey().startsWith(Kind.COUNTED.name());
                demand(
                        !isUnique || event.getValue() == 1,
                        "'%s' took place %s times in '%s'",
                        event.getKey(),
                        event.getValue(),
                        name);
                extra += Math.max(0, event.getValue() - known);
            }
            demand(extra <= unheard, "%s changes of '%s' were acknowledged to nobody: %s", extra, name, made.keySet());
        }

        private void readContents(List<Deed> deeds) throws IOException {
            Map<String, VersionSummary> versions = versions();
            Set<Long> sequences = new HashSet<>();
            versions.values().forEach(version -> sequences.add(version.sequence()));
            demand(
                    versions.size() == published && sequences.size() == published,
                    "'%s' lists %s versions, expected %s",
                    name,
                    versions.size(),
                    published);
            Set<String> won = new HashSet<>();
            for (Deed deed : deeds) {
                if (deed.kind() == Kind.REGISTERED && deed.isDone()) {
                    demand(won.add(deed.what()), "Two registrants got %s of '%s'", deed.what(), name);
                    demand(versions.containsKey(deed.what()), "'%s' does not list %s", name, deed.what());
                    demand(deed.value().equals(content(deed.what())), "'%s' has another content", deed);
                }
            }
        }

        private String content(String version) throws IOException {
            try (InputStream in = registry.artifacts(name + ":" + version).open(ArtifactPath.of("model.bin"))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        private Map<String, VersionSummary> versions() {
            Map<String, VersionSummary> versions = new HashMap<>();
            VersionQuery query = VersionQuery.all().limit(1000);
            while (true) {
                Page<VersionSummary> page = registry.versions(ModelName.parse(name), query);
                page.items().forEach(item -> versions.put(item.version().toString(), item));
                if (page.next().isEmpty()) {
                    return versions;
                }
                query = query.after(page.next().get());
            }
        }
    }

    private static String key(Deed deed) {
        return switch (deed.kind()) {
            case REGISTERED, PROMOTED -> key(deed.kind(), deed.value(), "");
            case ALIASED -> key(deed.kind(), deed.what(), deed.value());
            case COUNTED -> key(deed.kind(), deed.what(), "");
        };
    }

    private static String key(Kind kind, String first, String second) {
        return kind + " " + first + " " + second;
    }
}
