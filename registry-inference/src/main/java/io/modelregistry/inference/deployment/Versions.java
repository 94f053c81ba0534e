package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.runtime.ModelHandle;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The versions that a deployment has on this instance: each is loaded once however many ask, kept while it is wanted or
 * leased, and unloaded after. Thread-safe; its lock is never held while something is loaded or closed.
 */
final class Versions {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 8;

    private final ServingTerms terms;
    private final VersionLoader loader;
    private final Function<Purpose, Preflight> preflight;
    private final Map<PinnedVersion, ServingVersion> known = new HashMap<>();
    private final Map<PinnedVersion, CompletableFuture<ServingVersion>> loads = new HashMap<>();
    private final Map<PinnedVersion, Failure> failures = new HashMap<>();
    private final Map<PinnedVersion, Integer> leases = new HashMap<>();
    private final Map<ModelHandle, CompletableFuture<Void>> unloading = new ConcurrentHashMap<>();
    private Set<PinnedVersion> wanted = Set.of();
    private boolean closed;

    Versions(ServingTerms terms, VersionLoader loader, Function<Purpose, Preflight> preflight) {
        this.terms = terms;
        this.loader = loader;
        this.preflight = preflight;
    }

    /** A load that failed, and when the next may be tried by itself. */
    private record Failure(RuntimeException error, int times, long retryAt) {}

    /** For whom a version is loaded. */
    enum Purpose {
        /** Somebody asks for it: it is tried now, whatever failed before, and has to fit who calls the present one. */
        REQUESTED,
        /** A reference leads to it: when its pause is over, and it has to fit who calls the present one. */
        FOLLOWED,
        /** It is to serve: when its pause is over; whether it fits was checked when that was decided. */
        DESIRED
    }

    /** Keeps a version from being unloaded. */
    interface Lease extends AutoCloseable {
        @Override
        void close();
    }

    /** The version, loaded or not. */
    synchronized ServingVersion get(PinnedVersion version) {
        return known.computeIfAbsent(version, missing -> new ServingVersion(missing, terms));
    }

    /**
     * Loads a version unless it is loaded or being loaded; one that has failed and rests fails with the same error, and
     * one that was loaded for another purpose if it does not fit.
     */
    CompletableFuture<ServingVersion> ensure(PinnedVersion version, Purpose purpose) {
        CompletableFuture<ServingVersion> load = load(version, purpose);
        return purpose == Purpose.DESIRED ? load : load.thenApply(serving -> fitting(serving, purpose));
    }

    private ServingVersion fitting(ServingVersion serving, Purpose purpose) {
        LoadedModel model = serving.loaded();
        if (model != null) {
            preflight
                    .apply(purpose)
                    .checkSignature(serving.pinned(), model.predictor().signature());
        }
        return serving;
    }

    private CompletableFuture<ServingVersion> load(PinnedVersion version, Purpose purpose) {
        CompletableFuture<ServingVersion> promised = new CompletableFuture<>();
        ServingVersion serving;
        int times;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new DeploymentClosedException(terms.deployment()));
            }
            serving = get(version);
            if (serving.isReady()) {
                return CompletableFuture.completedFuture(serving);
            }
            CompletableFuture<ServingVersion> running = loads.get(version);
            if (running != null) {
                return running;
            }
            Failure failure = failures.get(version);
            if (failure != null && purpose != Purpose.REQUESTED && System.nanoTime() - failure.retryAt < 0) {
                return CompletableFuture.failedFuture(failure.error);
            }
            times = failure == null ? 0 : failure.times;
            loads.put(version, promised);
        }
        CompletableFuture<LoadedModel> load;
        try {
            load = loader.load(version, terms, preflight.apply(purpose));
        } catch (RuntimeException | Error e) {
            // Without this, all that ask for the version would wait for a load that never began.
            load = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<?> unused =
                load.whenComplete((model, failed) -> loaded(serving, model, failed, times, promised));
        return promised;
    }

    private void loaded(
            ServingVersion serving,
            @Nullable LoadedModel model,
            @Nullable Throwable failed,
            int times,
            CompletableFuture<ServingVersion> promised) {
        PinnedVersion version = serving.pinned();
        RuntimeException error = failed == null ? null : unwrapped(failed);
        boolean isStale;
        synchronized (this) {
            loads.remove(version);
            isStale = closed;
            if (error != null) {
                long pause = FIRST_PAUSE.toNanos() << Math.min(times, MAX_DOUBLINGS);
                failures.put(version, new Failure(error, times + 1, System.nanoTime() + pause));
            } else if (model != null && !isStale) {
                failures.remove(version);
                serving.loaded(model);
            }
        }
        if (error != null) {
            promised.completeExceptionally(error);
        } else if (model != null && isStale) {
            giveUp(model);
            promised.completeExceptionally(new DeploymentClosedException(terms.deployment()));
        } else if (model != null) {
            // They may have been changed while it was loaded.
            model.batcher().resize(terms.replicas());
            if (terms.options().loading() == DeploymentOptions.Loading.ON_DEMAND) {
                model.reservation().makeEvictable(() -> evict(serving, model));
            } else {
                model.reservation().pin();
            }
            promised.complete(serving);
            // What became unwanted meanwhile was left alone because it was being loaded.
            unloadUnwanted();
        }
    }

    static RuntimeException unwrapped(Throwable failure) {
        boolean isWrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable inner = failure.getCause();
        Throwable cause = isWrapper && inner != null ? inner : failure;
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause.toString(), cause);
    }

    /**
     * Waits for a load.
     *
     * @throws RegistryException what it fails with; {@link ErrorCode#TIMEOUT} if the thread is interrupted, which stays
     *     interrupted
     */
    static <T> T await(CompletableFuture<T> load, String deployment) {
        try {
            return load.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(
                    ErrorCode.TIMEOUT,
                    "Cannot load a model of deployment '%s': the thread was interrupted while it waited, expected to wait"
                            .formatted(deployment),
                    e);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    /** Why a version could not be loaded the last time; empty if it could or was not tried. */
    synchronized Optional<RuntimeException> failure(PinnedVersion version) {
        return Optional.ofNullable(failures.get(version)).map(Failure::error);
    }

    /** How often in a row it could not be loaded. */
    synchronized int failedLoads(PinnedVersion version) {
        Failure failure = failures.get(version);
        return failure == null ? 0 : failure.times;
    }

    /** Keeps a version in memory until the lease is closed. */
    synchronized Lease lease(PinnedVersion version) {
        leases.merge(version, 1, Integer::sum);
        return new Lease() {
            private boolean ended;

            @Override
            public void close() {
                synchronized (Versions.this) {
                    if (!ended) {
                        ended = true;
                        leases.computeIfPresent(version, (key, count) -> count == 1 ? null : count - 1);
                    }
                }
                unloadUnwanted();
            }
        };
    }

    /** Unloads all but these and what is leased. */
    void retain(Set<PinnedVersion> versions) {
        synchronized (this) {
            wanted = Set.copyOf(versions);
        }
        unloadUnwanted();
    }

    private void unloadUnwanted() {
        List<LoadedModel> unwanted = new ArrayList<>();
        synchronized (this) {
            Set<PinnedVersion> kept = new HashSet<>(wanted);
            kept.addAll(leases.keySet());
            kept.addAll(loads.keySet());
            known.values().removeIf(serving -> {
                if (kept.contains(serving.pinned())) {
                    return false;
                }
                LoadedModel model = serving.loaded();
                serving.loaded(null);
                if (model != null) {
                    unwanted.add(model);
                }
                return true;
            });
            failures.keySet().retainAll(kept);
        }
        unwanted.forEach(this::giveUp);
    }

    /** Gives a model up; {@link #close} waits for it, too. */
    private void giveUp(LoadedModel model) {
        ModelHandle handle = model.handle();
        unloading.put(handle, handle.unloaded());
        CompletableFuture<?> unused = handle.quiesce(terms.options().drainTimeout())
                .whenComplete((nothing, failure) -> unloading.remove(handle));
    }

    /** Unloads what is loaded of a version, whether it is wanted or not; done when its memory is back. */
    CompletableFuture<Void> unload(PinnedVersion version) {
        LoadedModel model;
        synchronized (this) {
            ServingVersion serving = get(version);
            model = serving.loaded();
            serving.loaded(null);
        }
        if (model == null) {
            return CompletableFuture.completedFuture(null);
        }
        giveUp(model);
        return model.handle().unloaded();
    }

    /** Unloads an idle model to make room; the next request loads it again. */
    private Optional<CompletionStage<?>> evict(ServingVersion serving, LoadedModel model) {
        Optional<CompletableFuture<Void>> unloaded = model.handle().tryUnload();
        if (unloaded.isPresent()) {
            synchronized (this) {
                LoadedModel present = serving.loaded();
                if (present != null && present.handle().equals(model.handle())) {
                    serving.loaded(null);
                }
            }
        }
        return unloaded.map(stage -> stage);
    }

    /** All that is known, loaded or not. */
    synchronized List<ServingVersion> all() {
        return List.copyOf(known.values());
    }

    /** Begins no load any more, and lets nobody wait for one: what a load that is under way brings is unloaded. */
    void endLoads() {
        List<CompletableFuture<ServingVersion>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(loads.values());
        }
        left.forEach(load -> load.completeExceptionally(new DeploymentClosedException(terms.deployment())));
    }

    /** Ends everything; done when all memory is back. */
    CompletableFuture<Void> close() {
        endLoads();
        List<LoadedModel> models = new ArrayList<>();
        synchronized (this) {
            for (ServingVersion serving : known.values()) {
                LoadedModel model = serving.loaded();
                if (model != null) {
                    models.add(model);
                }
                serving.loaded(null);
            }
            known.clear();
        }
        models.forEach(this::giveUp);
        return CompletableFuture.allOf(unloading.values().toArray(CompletableFuture<?>[]::new));
    }
}
