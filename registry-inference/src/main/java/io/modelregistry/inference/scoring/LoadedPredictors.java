package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.registry.ModelRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The predictors that handles have loaded in this JVM. This is state of the JVM on purpose: a task that is shipped to
 * it has nothing else that outlives it.
 */
final class LoadedPredictors {
    private static final Map<Key, CompletableFuture<Loaded>> LOADED = new ConcurrentHashMap<>();

    private LoadedPredictors() {}

    /**
     * What has to be equal for two handles to share a predictor.
     *
     * @param source how the registry is opened
     * @param ref the version with its digest
     * @param settings how it is loaded
     */
    record Key(String source, String ref, LoadSettings settings) {}

    private record Loaded(ModelRegistry registry, Predictor predictor, Predictor shared) {
        void close() {
            // The registry last: it holds the files that the predictor runs from.
            try (registry) {
                predictor.close();
            }
        }
    }

    static Predictor get(Key key, RegistryOpener source) {
        while (true) {
            CompletableFuture<Loaded> mine = new CompletableFuture<>();
            CompletableFuture<Loaded> known = LOADED.putIfAbsent(key, mine);
            if (known == null) {
                return load(key, source, mine).shared();
            }
            Loaded loaded = await(known);
            if (!loaded.predictor().isClosed()) {
                return loaded.shared();
            }
            LOADED.remove(key, known);
        }
    }

    private static Loaded load(Key key, RegistryOpener source, CompletableFuture<Loaded> mine) {
        try {
            Loaded loaded = open(key, source);
            mine.complete(loaded);
            return loaded;
        } catch (RuntimeException | Error e) {
            // Removed before the waiting ones are told, so that whoever of them calls again tries anew.
            LOADED.remove(key, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private static Loaded open(Key key, RegistryOpener source) {
        ModelRegistry registry = source.open();
        try {
            Predictor predictor =
                    Predictors.load(registry, key.ref(), key.settings().toOptions());
            return new Loaded(registry, predictor, new UnclosedPredictor(predictor));
        } catch (RuntimeException | Error e) {
            try {
                registry.close();
            } catch (RuntimeException late) {
                e.addSuppressed(late);
            }
            throw e;
        }
    }

    private static Loaded await(CompletableFuture<Loaded> known) {
        try {
            return known.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Closes all; waits for loads that are going on. */
    static void closeAll() {
        List<RuntimeException> failures = new ArrayList<>();
        for (Key key : List.copyOf(LOADED.keySet())) {
            Optional<CompletableFuture<Loaded>> known = Optional.ofNullable(LOADED.remove(key));
            // A failed load has left nothing to close, and its caller was told.
            known.flatMap(load -> load.handle((loaded, failure) -> Optional.ofNullable(loaded))
                            .join())
                    .ifPresent(loaded -> {
                        try {
                            loaded.close();
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    });
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.remove(0);
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
