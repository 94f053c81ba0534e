package io.modelregistry.internal.embedded;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.NameList;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists models by the list of their names, a thousand at a time. */
final class ModelListing<T> {
    private static final int MOST = 1000;

    private final Engine engine;
    private final ModelQuery query;
    private final Reading<T> reading;
    private final List<T> found = new ArrayList<>();
    private @Nullable ModelName last;

    private ModelListing(Engine engine, ModelQuery query, Reading<T> reading) {
        this.engine = engine;
        this.query = query;
        this.reading = reading;
    }

    /** What is listed of a model that may be there. */
    @FunctionalInterface
    private interface Reading<T> {
        Optional<T> read(ModelName name);
    }

    /** Models; reads the heads of one page only. */
    static Page<RegisteredModel> models(Engine engine, ModelQuery query) {
        return new ModelListing<>(
                        engine,
                        query,
                        name -> engine.heads.read(ModelKeys.of(name)).map(EmbeddedRegistry::model))
                .page();
    }

    /** Names of models. */
    static Page<ModelName> names(Engine engine, ModelQuery query) {
        return new ModelListing<>(engine, query, Optional::of).page();
    }

    private Page<T> page() {
        KeyPrefix folder = query.group().map(ModelListing::folder).orElse(ModelKeys.NAMES);
        StorageKey start = query.after().map(ModelListing::position).orElse(null);
        boolean goesOn = true;
        try {
            while (goesOn) {
                int asked = Math.min(MOST, query.limit() - found.size() + 1);
                List<ListedObject> listed = engine.node.list(folder, start, asked);
                for (ListedObject object : listed) {
                    Optional<ModelName> name = NameList.nameOf(object.key());
                    if (name.isPresent() && !add(name.get())) {
                        return full();
                    }
                    start = object.key();
                }
                goesOn = listed.size() == asked;
                if (goesOn && found.size() == query.limit()) {
                    return full(); // There may be more, which the next page finds out.
                }
            }
        } catch (IOException e) {
            throw StoreErrors.of("list models", e);
        }
        return new Page<>(found, Optional.empty());
    }

    private Page<T> full() {
        return new Page<>(found, Optional.ofNullable(last).map(ModelName::folded));
    }

    private static KeyPrefix folder(String group) {
        String folded = ModelName.of(group, "x").folded();
        return ModelKeys.NAMES.folder(folded.substring(0, folded.indexOf('/')));
    }

    private static StorageKey position(String token) {
        try {
            return ModelKeys.of(ModelName.parse(token)).listed();
        } catch (InvalidValueException e) {
            throw new InvalidValueException(
                    "page token", token, "it is not one of a listing", "Page.next of the page before");
        }
    }

    /** Takes a model; false if there is one more than the page holds. */
    private boolean add(ModelName name) {
        Optional<T> read = reading.read(name);
        if (read.isPresent()) {
            if (found.size() == query.limit()) {
                return false;
            }
            found.add(read.get());
            last = name;
        }
        return true;
    }
}
