package io.modelregistry.internal.embedded;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.storage.KeyPrefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists models by the folders that hold them: first those of the group {@code default} and, behind each name, those of
 * the group of that name, since a name may be a model and a group at once.
 */
final class ModelListing<T> {
    private static final int FOLDERS = 1000;

    private final Engine engine;
    private final Reading<T> reading;
    private final List<T> found = new ArrayList<>();
    private @Nullable ModelName last;
    private boolean isFull;

    private ModelListing(Engine engine, Reading<T> reading) {
        this.engine = engine;
        this.reading = reading;
    }

    /** What is listed of a model that may be there. */
    @FunctionalInterface
    private interface Reading<T> {
        Optional<T> read(ModelName name) throws IOException;
    }

    /** Models; reads the heads of one page only. */
    static Page<RegisteredModel> models(Engine engine, ModelQuery query) {
        return new ModelListing<>(
                        engine, name -> engine.heads.read(ModelKeys.of(name)).map(EmbeddedRegistry::model))
                .page(query);
    }

    /** Names of models; the folders of a group tell them, those at the top may be of groups only. */
    static Page<ModelName> names(Engine engine, ModelQuery query) {
        return new ModelListing<>(
                        engine,
                        name -> isDefault(name.group())
                                        && engine.node
                                                .find(ModelKeys.of(name).head())
                                                .isEmpty()
                                ? Optional.empty()
                                : Optional.of(name))
                .page(query);
    }

    private Page<T> page(ModelQuery query) {
        try {
            Optional<Position> after = query.after().map(Position::parse);
            if (query.group().isPresent() && !isDefault(query.group().get())) {
                String path = ModelName.of(query.group().get(), "x").keyPath();
                inGroup(
                        path.substring(0, path.indexOf('/')),
                        after.map(position -> position.name).orElse(null),
                        query.limit());
            } else {
                atTop(after, query);
            }
        } catch (IOException e) {
            throw StoreErrors.of("list models", e);
        }
        ModelName end = last;
        return new Page<>(found, isFull && end != null ? Optional.of(end.keyPath()) : Optional.empty());
    }

    private static boolean isDefault(String group) {
        return group.equalsIgnoreCase(ModelName.DEFAULT_GROUP);
    }

    /** Where a listing goes on: behind a model of the top folder, or behind a model of a group. */
    private record Position(String top, @Nullable String name) {
        static Position parse(String token) {
            String[] parts = token.split("/", -1);
            if (parts.length > 2 || !isName(parts[0]) || !isName(parts[parts.length - 1])) {
                throw new InvalidValueException(
                        "page token", token, "it is not one of a listing", "Page.next of the page before");
            }
            return new Position(parts[0], parts.length == 2 ? parts[1] : null);
        }
    }

    private void atTop(Optional<Position> after, ModelQuery query) throws IOException {
        boolean groups = query.group().isEmpty();
        String start = null;
        if (after.isPresent()) {
            start = after.get().top;
            if (groups) {
                inGroup(start, after.get().name, query.limit());
            }
        }
        while (!isFull) {
            List<String> folders = engine.node.listFolders(ModelKeys.MODELS, start, FOLDERS);
            for (String folder : folders) {
                if (!isFull && isName(folder)) {
                    add(ModelName.of(ModelName.DEFAULT_GROUP, folder), query.limit());
                    if (groups) {
                        inGroup(folder, null, query.limit());
                    }
                }
            }
            if (folders.size() < FOLDERS) {
                return;
            }
            start = folders.get(folders.size() - 1);
        }
    }

    private void inGroup(String group, @Nullable String after, int limit) throws IOException {
        KeyPrefix folder = ModelKeys.MODELS.folder(group);
        String start = after == null ? ModelKeys.BELOW_NAMES : after;
        while (!isFull) {
            List<String> names = engine.node.listFolders(folder, start, FOLDERS);
            for (String name : names) {
                if (!isFull && isName(name)) {
                    add(ModelName.of(group, name), limit);
                }
            }
            if (names.size() < FOLDERS) {
                return;
            }
            start = names.get(names.size() - 1);
            // There may be more, which the next page finds out without another request for this one.
            isFull = isFull || found.size() == limit;
        }
    }

    /** Takes a model, or finds that there is one more than the page holds. */
    private void add(ModelName name, int limit) throws IOException {
        Optional<T> read = reading.read(name);
        if (read.isEmpty()) {
            return;
        }
        if (found.size() == limit) {
            isFull = true;
            return;
        }
        found.add(read.get());
        last = name;
    }

    /** Whether a folder is one that a model or a group has: what others put into the store is passed over. */
    private static boolean isName(String folder) {
        try {
            return ModelName.of(ModelName.DEFAULT_GROUP, folder).keyPath().equals(folder);
        } catch (InvalidValueException e) {
            return false;
        }
    }
}
