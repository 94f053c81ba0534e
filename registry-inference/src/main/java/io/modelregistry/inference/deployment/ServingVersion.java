package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.monitor.ServedRequest;
import io.modelregistry.inference.runtime.CircuitBreaker;
import io.modelregistry.inference.runtime.ConcurrencyLimiter;
import io.modelregistry.inference.runtime.ConcurrencyLimiter.Completion;
import io.modelregistry.inference.runtime.HandleState;
import io.modelregistry.inference.runtime.Served;
import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One version behind a deployment on this instance: what is loaded of it, its circuit and its counts. Thread-safe.
 *
 * <p>Whoever predicts has {@linkplain #enter entered} the model before and leaves it after.
 */
final class ServingVersion {
    /** No ticket of a circuit breaker is negative. */
    private static final long NOT_ADMITTED = -1;

    private final PinnedVersion pinned;
    private final String label;
    private final ServingTerms terms;
    private final CircuitBreaker breaker;
    private final ConcurrencyLimiter limiter;
    private final VersionStats stats = new VersionStats();
    private volatile @Nullable LoadedModel loaded;

    ServingVersion(PinnedVersion pinned, ServingTerms terms) {
        this.pinned = pinned;
        this.label = pinned.toString();
        this.terms = terms;
        this.breaker = terms.newBreaker(label);
        this.limiter = terms.limiter();
    }

    PinnedVersion pinned() {
        return pinned;
    }

    String label() {
        return label;
    }

    VersionStats stats() {
        return stats;
    }

    /** How long the model was busy, counted once for each call; begins again when it is loaded again. */
    long busyNanos() {
        LoadedModel model = loaded;
        return stats.busyNanos() + (model == null ? 0 : model.batcher().busyNanos());
    }

    /** What is in memory now; null if nothing is. */
    @Nullable
    LoadedModel loaded() {
        return loaded;
    }

    void loaded(@Nullable LoadedModel model) {
        loaded = model;
    }

    /** Whether requests can be served at once. */
    boolean isReady() {
        LoadedModel model = loaded;
        return model != null && model.handle().state() == HandleState.READY;
    }

    /** The model with one more user, who has to leave its handle; null if it is not ready. */
    @Nullable
    LoadedModel enter() {
        LoadedModel model = loaded;
        return model != null && model.handle().enter() ? model : null;
    }

    /** Computes one request on this thread, or in the queue that forms batches. */
    Prediction predict(LoadedModel model, Target target, Call call) {
        long arrived = System.nanoTime();
        long ticket = NOT_ADMITTED;
        try {
            ticket = breaker.enter();
            return answered(target, ticket, terms.isBatching() ? queued(model, call) : direct(model, call, arrived));
        } catch (RuntimeException | Error e) {
            failed(target, ticket, e, System.nanoTime() - arrived);
            throw e;
        } finally {
            model.reservation().touch(arrived);
        }
    }

    private static Served queued(LoadedModel model, Call call) {
        return model.batcher().predict(call.inputs(), call.outputs(), call.context());
    }

    private Served direct(LoadedModel model, Call call, long arrived) {
        long waited = limiter.acquire(call.context());
        long begun = waited == 0 ? arrived : System.nanoTime();
        Completion completion = Completion.IGNORED;
        try {
            Tensors outputs = model.predictor().predict(call.inputs(), call.outputs());
            completion = Completion.SERVED;
            long modelNanos = System.nanoTime() - begun;
            stats.busy(modelNanos);
            return new Served(outputs, begun - arrived, modelNanos);
        } catch (RegistryException e) {
            completion = completionOf(e);
            throw e;
        } finally {
            limiter.release(begun, completion);
        }
    }

    /**
     * Computes one request on a thread of the queue, and leaves the model when it is done.
     *
     * @return never fails to complete; cancelling it before it has begun keeps it from being computed
     */
    CompletableFuture<Prediction> submit(LoadedModel model, Target target, Call call) {
        long arrived = System.nanoTime();
        model.reservation().touch(arrived);
        CompletableFuture<Prediction> result = new CompletableFuture<>();
        CompletableFuture<Served> computed;
        long ticket = NOT_ADMITTED;
        model.expect(result);
        try {
            ticket = breaker.enter();
            // Not when the future is done: one that was cancelled may still be computed.
            computed = model.batcher().submit(call.inputs(), call.outputs(), call.context(), () -> {
                // First, for the end of the queue fails what is expected, and may come when the last one has left.
                model.answered(result);
                model.handle().leave();
            });
        } catch (RuntimeException | Error e) {
            model.answered(result);
            failed(target, ticket, e, 0);
            model.handle().leave();
            result.completeExceptionally(e);
            return result;
        }
        long admitted = ticket;
        CompletableFuture<?> unused = computed.whenComplete((served, failure) -> {
            model.answered(result);
            try {
                if (failure == null) {
                    result.complete(answered(target, admitted, served));
                } else {
                    failed(target, admitted, failure, System.nanoTime() - arrived);
                    result.completeExceptionally(failure);
                }
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        CompletableFuture<?> unusedToo = result.whenComplete((prediction, failure) -> {
            if (failure instanceof CancellationException) {
                computed.cancel(false);
            }
        });
        return result;
    }

    /** Computes many requests in as few calls of the model as it allows, on this thread. */
    List<Outcome<Prediction>> predictAll(LoadedModel model, Target target, Call call, List<Tensors> inputs) {
        long arrived = System.nanoTime();
        long ticket = NOT_ADMITTED;
        try {
            ticket = breaker.enter();
            long waited = limiter.acquire(call.context());
            long begun = waited == 0 ? arrived : System.nanoTime();
            Completion completion = Completion.IGNORED;
            try {
                List<Outcome<Tensors>> computed = model.predictor().predictBatch(inputs, call.outputs());
                completion = Completion.SERVED;
                long modelNanos = System.nanoTime() - begun;
                stats.busy(modelNanos);
                return outcomes(target, ticket, computed, new Served(Tensors.empty(), begun - arrived, modelNanos));
            } catch (RegistryException e) {
                completion = completionOf(e);
                throw e;
            } finally {
                limiter.release(begun, completion);
            }
        } catch (RuntimeException | Error e) {
            failed(target, ticket, e, System.nanoTime() - arrived);
            throw e;
        } finally {
            model.reservation().touch(arrived);
        }
    }

    private List<Outcome<Prediction>> outcomes(
            Target target, long ticket, List<Outcome<Tensors>> computed, Served times) {
        List<Outcome<Prediction>> outcomes = new ArrayList<>(computed.size());
        boolean modelFailed = false;
        for (Outcome<Tensors> outcome : computed) {
            if (outcome instanceof Outcome.Success<Tensors> success) {
                stats.answered(times.queueNanos() + times.modelNanos());
                Prediction prediction = new Prediction(target, success.value(), times.queueNanos(), times.modelNanos());
                terms.tell(prediction);
                outcomes.add(new Outcome.Success<>(prediction));
            } else if (outcome instanceof Outcome.Failure<Tensors> failure) {
                modelFailed |= count(target, failure.error(), times.modelNanos()) == ServedRequest.Outcome.FAILED;
                outcomes.add(new Outcome.Failure<>(failure.error()));
            }
        }
        if (modelFailed) {
            breaker.fail(ticket);
        } else {
            breaker.succeed(ticket);
        }
        return List.copyOf(outcomes);
    }

    private Prediction answered(Target target, long ticket, Served served) {
        breaker.succeed(ticket);
        stats.answered(served.queueNanos() + served.modelNanos());
        Prediction prediction = new Prediction(target, served.outputs(), served.queueNanos(), served.modelNanos());
        terms.tell(prediction);
        return prediction;
    }

    private void failed(Target target, long ticket, Throwable failure, long nanos) {
        ServedRequest.Outcome outcome = count(target, failure, nanos);
        if (ticket == NOT_ADMITTED) {
            return;
        }
        if (outcome == ServedRequest.Outcome.FAILED) {
            breaker.fail(ticket);
        } else {
            breaker.ignore(ticket);
        }
    }

    private ServedRequest.Outcome count(Target target, Throwable failure, long nanos) {
        ServedRequest.Outcome outcome = outcomeOf(failure);
        boolean modelFailed = outcome == ServedRequest.Outcome.FAILED;
        if (modelFailed) {
            stats.failed();
        }
        terms.tell(new FailedRequest(target, outcome, modelFailed ? 0 : nanos, modelFailed ? nanos : 0));
        return outcome;
    }

    /** What a failure of the model tells of the load. */
    private static Completion completionOf(RegistryException failure) {
        return switch (failure.code()) {
            case OVERLOADED, TIMEOUT, UNAVAILABLE -> Completion.DROPPED;
            default -> Completion.IGNORED;
        };
    }

    /** Whose fault a failure is: only what the model failed at counts against it. */
    private static ServedRequest.Outcome outcomeOf(Throwable failure) {
        if (failure instanceof CancellationException) {
            return ServedRequest.Outcome.REJECTED;
        }
        if (!(failure instanceof RegistryException known)) {
            return ServedRequest.Outcome.FAILED;
        }
        return switch (known.code()) {
            case INVALID -> ServedRequest.Outcome.INVALID;
            case OVERLOADED, TIMEOUT, CLOSED, UNAVAILABLE -> ServedRequest.Outcome.REJECTED;
            default -> ServedRequest.Outcome.FAILED;
        };
    }
}
