package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.internal.UserCount;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loaded model that many use and one gives up.
 *
 * <p>Whoever predicts {@linkplain #enter enters} first and {@linkplain #leave leaves} after. {@link #quiesce} admits
 * nobody any more; when the last user has left, the model is closed by the thread of the {@link Unloading}, never by a
 * request's. If calls are still under way when the drain timeout ends, the queue in front of the model is ended and the
 * model is abandoned to its last user: it is closed when that one leaves, however late, because an engine that loses
 * its session under a running call takes the JVM with it.
 *
 * <p>Thread-safe.
 */
public final class ModelHandle {
    private static final Logger LOG = LoggerFactory.getLogger(ModelHandle.class);

    private final String id;
    private final Unloading unloading;
    private final UserCount users = new UserCount(this::drained);
    private final AtomicReference<HandleState> state = new AtomicReference<>(HandleState.REQUESTED);
    private final AtomicBoolean timedOut = new AtomicBoolean();
    private final CompletableFuture<Void> unloaded = new CompletableFuture<>();
    private volatile @Nullable Predictor predictor;
    private volatile Runnable beforeClose = () -> {};
    private volatile @Nullable RuntimeException failure;

    /**
     * A handle for a model that is not loaded yet.
     *
     * @param id what messages call it
     */
    public ModelHandle(String id, Unloading unloading) {
        this.id = Objects.requireNonNull(id, "id");
        this.unloading = Objects.requireNonNull(unloading, "unloading");
    }

    /**
     * Loads the model, once, on the calling thread.
     *
     * @param loader loads it
     * @param warmUp uses it before anybody else may; what it throws fails the load, and the model is closed
     * @throws RuntimeException what the loader or the warm-up throws; the handle has then failed for good
     */
    public void load(Supplier<Predictor> loader, Consumer<Predictor> warmUp) {
        if (!state.compareAndSet(HandleState.REQUESTED, HandleState.LOADING)) {
            throw new IllegalStateException("Model '" + id + "' was loaded already");
        }
        Predictor loaded = null;
        try {
            loaded = loader.get();
            predictor = loaded;
            advance(HandleState.LOADING, HandleState.WARMING);
            warmUp.accept(loaded);
            advance(HandleState.WARMING, HandleState.READY);
        } catch (RuntimeException | Error e) {
            failure = e instanceof RuntimeException failed ? failed : new IllegalStateException(e.toString(), e);
            state.set(HandleState.FAILED);
            try {
                if (loaded != null) {
                    loaded.close();
                }
            } catch (RuntimeException | Error other) {
                e.addSuppressed(other);
            } finally {
                unloaded.complete(null);
            }
            throw e;
        }
    }

    private void advance(HandleState from, HandleState to) {
        if (!state.compareAndSet(from, to)) {
            throw new LoadAbandonedException(id);
        }
    }

    /** Says what has to end before the model is closed, such as the queue in front of it. */
    public void beforeClose(Runnable action) {
        beforeClose = Objects.requireNonNull(action, "action");
    }

    /** Registers a user; false if the model is not ready. Each success needs one {@link #leave}. */
    public boolean enter() {
        if (!users.enter()) {
            return false;
        }
        if (predictor == null || now() != HandleState.READY) {
            users.leave();
            return false;
        }
        return true;
    }

    /** Ends what a successful {@link #enter} began. */
    public void leave() {
        users.leave();
    }

    /** The model, for those who have entered. */
    public Predictor predictor() {
        Predictor loaded = predictor;
        if (loaded == null) {
            throw new IllegalStateException("Model '" + id + "' is " + now().label());
        }
        return loaded;
    }

    /**
     * Admits nobody any more, and gives the model's memory back when nobody uses it; gives up a load that is under way.
     * Returns at once.
     *
     * @param drain how long calls that wait in a queue may still be computed; those that run then are waited for
     *     without end, by nobody
     * @return done when the memory has been given back
     */
    public CompletableFuture<Void> quiesce(Duration drain) {
        HandleState before = state.getAndUpdate(now -> switch (now) {
            case REQUESTED, LOADING, WARMING -> HandleState.FAILED;
            case READY -> HandleState.QUIESCING;
            case QUIESCING, DRAINED, UNLOADED, FAILED -> now;
        });
        if (before == HandleState.REQUESTED) {
            unloaded.complete(null);
        } else if (before == HandleState.READY) {
            Unloading.Timer timer = unloading.after(drain, this::abandon);
            CompletableFuture<?> unused = unloaded.whenComplete((nothing, failed) -> timer.cancel());
            users.close();
        }
        return unloaded.copy();
    }

    /** The same as {@link #quiesce} for those who do not wait for the end. */
    public void giveUp(Duration drain) {
        CompletableFuture<Void> unused = quiesce(drain);
    }

    /**
     * Gives the model's memory back if nobody uses it at this moment.
     *
     * @return done when the memory has been given back; empty if somebody uses it or it is not ready, and then nothing
     *     has changed
     */
    public Optional<CompletableFuture<Void>> tryUnload() {
        return now() == HandleState.READY && users.closeIfUnused() ? Optional.of(unloaded.copy()) : Optional.empty();
    }

    /**
     * Ends the drain now: what waits in the queue is not computed any more, and the model is left to the calls that are
     * under way. Nothing happens to a model that is not quiescing.
     */
    public void abandon() {
        if (now() == HandleState.QUIESCING && timedOut.compareAndSet(false, true)) {
            beforeClose.run();
            if (now() == HandleState.QUIESCING) {
                LOG.warn("Model '{}' is abandoned to calls that are still under way after the drain timeout", id);
            }
        }
    }

    private void drained() {
        state.set(HandleState.DRAINED);
        unloading.run(this::unload);
    }

    private void unload() {
        try {
            beforeClose.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("What stands in front of model '{}' could not be ended", id, e);
        }
        try {
            predictor().close();
        } catch (RuntimeException e) {
            LOG.warn("Model '{}' could not be closed", id, e);
        } finally {
            predictor = null;
            state.set(HandleState.UNLOADED);
            unloaded.complete(null);
        }
    }

    /** What messages call it. */
    public String id() {
        return id;
    }

    /** Where it stands. */
    public HandleState state() {
        return now();
    }

    /** Why it failed, or null. */
    public @Nullable RuntimeException failure() {
        return failure;
    }

    /** Done when nothing of the model is in memory any more. */
    public CompletableFuture<Void> unloaded() {
        return unloaded.copy();
    }

    private HandleState now() {
        return Objects.requireNonNull(state.get());
    }

    @Override
    public String toString() {
        return id + " (" + now().label() + ")";
    }
}
