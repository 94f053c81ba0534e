package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.DeadlineExceededException;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request: choose a version, enter it, compute, leave. Thread-safe.
 *
 * <p>The routing table is replaced before the versions that it no longer names are unloaded. So a request that chose a
 * version from an old table and finds it closed looks at the table again; one that has entered a version keeps it until
 * it is answered.
 */
final class Serving {
    private final ServingTerms terms;
    private final Versions versions;
    private final Mirror mirror;
    private volatile RoutingTable table = RoutingTable.gap();
    private volatile @Nullable TensorSignature signature;

    Serving(ServingTerms terms, Versions versions, Mirror mirror) {
        this.terms = terms;
        this.versions = versions;
        this.mirror = mirror;
    }

    /** What callers have to fit: the signature of what serves, or served last; empty if nothing ever did. */
    Optional<TensorSignature> signature() {
        remember(table);
        return Optional.ofNullable(signature);
    }

    private void remember(RoutingTable seen) {
        Target primary = seen.primary();
        LoadedModel model = primary == null ? null : primary.version().loaded();
        if (model != null) {
            signature = model.predictor().signature();
        }
    }

    /** Sends the requests that come from now on, and those that wait, by another table; the closed one stays. */
    void publish(RoutingTable next) {
        RoutingTable old;
        synchronized (this) {
            old = table;
            if (old.isClosed()) {
                return;
            }
            table = next;
        }
        remember(next);
        old.replaced().complete(null);
    }

    Prediction predict(Call call) {
        while (true) {
            RoutingTable now = table;
            Target target = now.choose(call.context());
            LoadedModel model = target == null ? null : target.version().enter();
            if (model == null || target == null) {
                await(now, target, call.context());
                continue;
            }
            try {
                Prediction prediction = target.version().predict(model, target, call);
                mirror.offer(call, prediction);
                return prediction;
            } finally {
                model.handle().leave();
            }
        }
    }

    List<Outcome<Prediction>> predictAll(Call call, List<Tensors> inputs) {
        while (true) {
            RoutingTable now = table;
            Target target = now.choose(call.context());
            LoadedModel model = target == null ? null : target.version().enter();
            if (model == null || target == null) {
                await(now, target, call.context());
                continue;
            }
            try {
                return target.version().predictAll(model, target, call, inputs);
            } finally {
                model.handle().leave();
            }
        }
    }

    CompletableFuture<Prediction> submit(Call call) {
        // Copied before anybody has the answer, and may use the buffers again.
        Optional<Call> mirrored = mirror.isOn() ? Optional.of(Mirror.copy(call)) : Optional.empty();
        while (true) {
            RoutingTable now = table;
            Target target = now.choose(call.context());
            LoadedModel model = target == null ? null : target.version().enter();
            if (model != null && target != null) {
                CompletableFuture<Prediction> computed = target.version().submit(model, target, call);
                mirrored.ifPresent(copy -> {
                    CompletableFuture<?> unused = computed.thenAccept(prediction -> mirror.offer(copy, prediction));
                });
                return computed;
            }
            CompletableFuture<?> next;
            try {
                next = next(now, target);
            } catch (RegistryException e) {
                return CompletableFuture.failedFuture(e);
            }
            if (!next.isDone() || next.isCompletedExceptionally()) {
                return resubmit(next, call);
            }
        }
    }

    /** Tries again when something has changed, or fails when that takes too long. */
    private CompletableFuture<Prediction> resubmit(CompletableFuture<?> next, Call call) {
        long patience = Math.min(
                call.context().remainingNanos(), terms.options().loadTimeout().toNanos());
        return next.copy()
                .orTimeout(Math.max(0, patience), TimeUnit.NANOSECONDS)
                .handle((nothing, failure) -> failure)
                // Not on the thread that has changed something: it would run what depends on the future, too.
                .thenComposeAsync(failure -> {
                    if (failure instanceof TimeoutException) {
                        return CompletableFuture.<Prediction>failedFuture(
                                new DeadlineExceededException(terms.deployment(), Math.max(0, patience)));
                    }
                    return failure == null ? submit(call) : CompletableFuture.failedFuture(Versions.unwrapped(failure));
                });
    }

    /** Waits until requests can be served again, because there is another table or a model was loaded. */
    private void await(RoutingTable seen, @Nullable Target target, RequestContext context) {
        CompletableFuture<?> next = next(seen, target);
        long patience =
                Math.min(context.remainingNanos(), terms.options().loadTimeout().toNanos());
        try {
            next.get(Math.max(0, patience), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeadlineExceededException(terms.deployment(), Math.max(0, patience));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(
                    ErrorCode.TIMEOUT,
                    "Cannot predict with '%s': the thread was interrupted while it waited for the model, expected to wait"
                            .formatted(terms.deployment()),
                    e);
        } catch (ExecutionException e) {
            throw Versions.unwrapped(e);
        }
    }

    /** What has to happen before a request can be tried again. */
    private CompletableFuture<?> next(RoutingTable seen, @Nullable Target target) {
        if (seen.isClosed()) {
            throw new DeploymentClosedException(terms.deployment());
        }
        if (target == null || table != seen) {
            return seen.replaced();
        }
        if (terms.options().loading() == DeploymentOptions.Loading.ON_DEMAND) {
            return versions.ensure(target.version().pinned(), Versions.Purpose.DESIRED);
        }
        // The table is replaced before a version is unloaded, so a moment later there is another one.
        return seen.replaced();
    }
}
