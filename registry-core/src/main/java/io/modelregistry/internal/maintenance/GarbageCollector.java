package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.maintenance.CollectionPlan;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans and executes the collection of a whole store, unit by unit: one version, or the pages of one model. */
public final class GarbageCollector {
    private final StorageNode node;
    private final VersionCollector versions;
    private final PageCollector pages;
    private final HoldingCollector contents;

    /** Collects in a store. */
    public GarbageCollector(StorageNode node, Environment environment) {
        this.node = node;
        HeadStore heads = new HeadStore(node, new PageStore(node), 0);
        PublishedVersions published = new PublishedVersions(node, heads);
        this.versions = new VersionCollector(node, environment, published);
        this.contents = new HoldingCollector(node, published);
        this.pages = new PageCollector(
                node, heads, new HeadCommitter(node, heads, environment, new EventDispatcher(List.of())));
    }

    /** What a collection would delete of what was written before an instant. */
    public CollectionPlan plan(Instant before) throws IOException {
        CollectionScope scope = new CollectionScope(before, key -> true);
        List<Garbage> garbage = new ArrayList<>();
        Set<String> skipped = new LinkedHashSet<>();
        ModelEnumeration.candidates(node, keys -> {
            for (ModelVersion version : versionsWithFolders(keys)) {
                VersionTarget target = new VersionTarget(keys, version);
                add(garbage, skipped, target.meta(), () -> versions.find(target, scope));
            }
            add(garbage, skipped, keys.head(), () -> pages.find(keys, scope));
            add(garbage, skipped, keys.head(), () -> contents.find(keys, scope));
            return true;
        });
        return new CollectionPlan(before, garbage, List.copyOf(skipped));
    }

    @FunctionalInterface
    private interface Finder {
        List<Garbage> find() throws IOException;
    }

    /** What a document decides is left alone when the document cannot be trusted. */
    private static void add(List<Garbage> garbage, Set<String> skipped, StorageKey decider, Finder finder)
            throws IOException {
        try {
            garbage.addAll(finder.find());
        } catch (CorruptionException e) {
            skipped.add(e.key());
        } catch (UnsupportedFormatException e) {
            skipped.add(decider.value());
        }
    }

    private Set<ModelVersion> versionsWithFolders(ModelKeys keys) throws IOException {
        Map<String, ModelVersion> found = new LinkedHashMap<>();
        Listings.folders(node, keys.root(), null, folder -> {
            if (Character.isDigit(folder.charAt(0)) && !folder.endsWith(ModelKeys.ATTACHMENTS)) {
                ModelFolders.version(ModelFolders.versionKey(folder))
                        .ifPresent(version -> found.put(version.key(), version));
            }
            return folder.charAt(0) < 'a';
        });
        return new LinkedHashSet<>(found.values());
    }

    /** Executes a plan. */
    public CollectionReport collect(CollectionPlan plan, Call call) throws IOException {
        Set<StorageKey> approved =
                plan.garbage().stream().map(item -> StorageKey.of(item.key())).collect(Collectors.toSet());
        CollectionScope scope = new CollectionScope(plan.before(), approved::contains);
        List<Garbage> deleted = new ArrayList<>();
        for (Unit unit : units(plan)) {
            deleted.addAll(collect(unit, call, scope));
        }
        Set<String> gone = deleted.stream().map(Garbage::key).collect(Collectors.toSet());
        List<Garbage> left = plan.garbage().stream()
                .filter(item -> !gone.contains(item.key()))
                .toList();
        return new CollectionReport(deleted, left);
    }

    /** Like a plan, leaves alone what a document decides that cannot be trusted. */
    private List<Garbage> collect(Unit unit, Call call, CollectionScope scope) throws IOException {
        try {
            return unit.collect(call, scope).deleted();
        } catch (CorruptionException | UnsupportedFormatException e) {
            return List.of(); // What was planned of it is reported as left.
        }
    }

    /** What one document decides. */
    private interface Unit {
        Collected collect(Call call, CollectionScope scope) throws IOException;
    }

    private record Version(VersionCollector collector, VersionTarget target) implements Unit {
        @Override
        public Collected collect(Call call, CollectionScope scope) throws IOException {
            return collector.collect(target, call.by(), scope);
        }
    }

    private record Pages(PageCollector collector, ModelKeys keys) implements Unit {
        @Override
        public Collected collect(Call call, CollectionScope scope) throws IOException {
            return collector.collect(keys, call, scope);
        }
    }

    private record Contents(HoldingCollector collector, ModelKeys keys) implements Unit {
        @Override
        public Collected collect(Call call, CollectionScope scope) throws IOException {
            return collector.collect(keys, scope);
        }
    }

    private Set<Unit> units(CollectionPlan plan) {
        Set<Unit> units = new LinkedHashSet<>();
        for (Garbage item : plan.garbage()) {
            StorageKey key = StorageKey.of(item.key());
            ModelFolders.owner(key).flatMap(keys -> unit(keys, key)).ifPresent(units::add);
        }
        return units;
    }

    private Optional<Unit> unit(ModelKeys keys, StorageKey key) {
        String path = keys.root().relativize(key);
        String folder = path.substring(0, Math.max(0, path.indexOf('/')));
        return switch (folder) {
            case ModelKeys.PAGES -> Optional.of(new Pages(pages, keys));
            case ModelKeys.CONTENTS -> Optional.of(new Contents(contents, keys));
            default ->
                ModelFolders.version(ModelFolders.versionKey(folder))
                        .map(version -> new Version(versions, new VersionTarget(keys, version)));
        };
    }
}
