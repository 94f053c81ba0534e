package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.ModelFootprint;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.runtime.Batcher;
import io.modelregistry.inference.runtime.MemoryBudget;
import io.modelregistry.inference.runtime.ModelHandle;
import io.modelregistry.inference.runtime.Reservation;
import io.modelregistry.inference.runtime.Unloading;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Loads versions on threads of its own, within the memory budget and a time limit. Thread-safe.
 *
 * @param registry where they come from
 * @param unloading closes them
 * @param budget admits them
 * @param threads load them; an engine that hangs holds one
 * @param timer ends loads that take too long
 */
record VersionLoader(
        ModelRegistry registry,
        Unloading unloading,
        MemoryBudget budget,
        Executor threads,
        ScheduledExecutorService timer) {
    /** Loads a version and checks it; what fails or takes too long leaves nothing behind. */
    CompletableFuture<LoadedModel> load(PinnedVersion version, ServingTerms terms, Preflight preflight) {
        CompletableFuture<LoadedModel> result = new CompletableFuture<>();
        ModelHandle handle = new ModelHandle(version.toString(), unloading);
        Duration limit = terms.options().loadTimeout();
        Duration drain = terms.options().drainTimeout();
        try {
            var timeout = timer.schedule(
                    () -> {
                        if (result.completeExceptionally(new LoadTimeoutException(version.toString(), limit))) {
                            handle.giveUp(drain);
                        }
                    },
                    limit.toNanos(),
                    TimeUnit.NANOSECONDS);
            CompletableFuture<?> unused = result.whenComplete((model, failure) -> timeout.cancel(false));
            threads.execute(() -> {
                try {
                    if (!result.complete(load(version, terms, preflight, handle))) {
                        handle.giveUp(drain);
                    }
                } catch (RegistryException e) {
                    result.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(failed(version, e));
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new DeploymentClosedException(terms.deployment()));
        }
        return result;
    }

    private static RegistryException failed(PinnedVersion version, Throwable cause) {
        return new RegistryException(
                ErrorCode.LOAD_FAILED,
                "Cannot load model '%s': %s, expected a model that loads".formatted(version, cause),
                cause);
    }

    private LoadedModel load(PinnedVersion version, ServingTerms terms, Preflight preflight, ModelHandle handle) {
        DeploymentOptions options = terms.options();
        RegisteredVersion registered = registry.get(version.ref());
        long bytes =
                options.memoryBytes().orElseGet(() -> ModelFootprint.estimate(registry, registered, options.load()));
        Reservation reservation = budget.reserve(version.toString(), bytes);
        CompletableFuture<?> unused = handle.unloaded().whenComplete((nothing, failure) -> reservation.close());
        AtomicReference<LoadedModel.Baseline> baseline = new AtomicReference<>(LoadedModel.Baseline.NONE);
        try {
            handle.load(
                    () -> Predictors.load(registry, version.ref().toString(), options.load()),
                    predictor -> baseline.set(preflight.check(
                            version,
                            predictor,
                            ExampleInput.of(registry, version, registered, predictor.signature()))));
        } catch (RuntimeException | Error e) {
            reservation.close();
            throw e;
        }
        Predictor predictor = handle.predictor();
        Batcher batcher;
        try {
            predictor.memoryBytes().ifPresent(reservation::resize);
            batcher = new Batcher(predictor, terms.deployment(), options.batching(), terms.replicas());
        } catch (RuntimeException | Error e) {
            handle.giveUp(options.drainTimeout());
            throw e;
        }
        LoadedModel model =
                new LoadedModel(handle, predictor, batcher, reservation, Objects.requireNonNull(baseline.get()));
        handle.beforeClose(model::endQueue);
        return model;
    }
}
