package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Tensors;
import io.modelregistry.model.RegistryException;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request that waits or is computed. Whoever {@linkplain #claim claims} it answers it, once; its caller may
 * {@linkplain #leave leave} before that.
 */
final class Request {
    /** Waits in the queue. */
    private static final int QUEUED = 0;
    /** Is computed, or about to be. */
    private static final int CLAIMED = 1;
    /** Its answer is there for the caller, who has not seen it. */
    private static final int ANSWERED = 2;
    /** The caller has its answer, or wants none any more. */
    private static final int GONE = 3;

    final Tensors inputs;
    final List<String> outputs;
    final RequestContext context;
    final long arrived;

    /** 0 if it cannot share a call with another. */
    final int rows;

    private final AtomicInteger state = new AtomicInteger(QUEUED);

    /** The thread that waits; null if a future does. */
    private final @Nullable Thread caller;

    private final @Nullable PendingServed future;

    private volatile @Nullable Future<?> timer;
    private @Nullable Served served;
    private @Nullable RegistryException error;
    private @Nullable Wakeups wakeups;

    private Request(Call call, int rows, long arrived, @Nullable Thread caller, @Nullable PendingServed future) {
        this.inputs = call.inputs;
        this.outputs = call.outputs;
        this.context = call.context;
        this.rows = rows;
        this.arrived = arrived;
        this.caller = caller;
        this.future = future;
    }

    /** What a caller asks. */
    record Call(Tensors inputs, List<String> outputs, RequestContext context) {}

    /** A request of the current thread, which will {@linkplain #isOpen wait}. */
    static Request ofThisThread(Call call, int rows, long arrived) {
        return new Request(call, rows, arrived, Thread.currentThread(), null);
    }

    /** A request whose answer completes a future. */
    static Request of(Call call, int rows, long arrived, PendingServed future) {
        return new Request(call, rows, arrived, null, future);
    }

    /** What counts against the most rows of a batch. */
    int weight() {
        return Math.max(1, rows);
    }

    boolean fitsWith(Request other) {
        return rows > 0 && other.rows > 0 && outputs.equals(other.outputs) && Rows.fitTogether(inputs, other.inputs);
    }

    /** Whether somebody else has completed the future, so that nothing needs to be computed. */
    boolean isCancelled() {
        return future != null && future.isDone();
    }

    boolean isQueued() {
        return state.get() == QUEUED;
    }

    /** Takes the duty to answer; false if another has it, or the caller has left. */
    boolean claim() {
        if (!state.compareAndSet(QUEUED, CLAIMED)) {
            return false;
        }
        Future<?> pending = timer;
        if (pending != null) {
            pending.cancel(false);
        }
        return true;
    }

    /** Sets what is cancelled when this is claimed; at once if it was claimed already. */
    void setTimer(@Nullable Future<?> pending) {
        timer = pending;
        if (pending != null && !isQueued()) {
            pending.cancel(false);
        }
    }

    /** Whether the caller still has to wait. */
    boolean isOpen() {
        return state.get() < ANSWERED;
    }

    /** Gives the answer up while it is being computed; false if it is there already. */
    boolean leave() {
        return state.compareAndSet(CLAIMED, GONE);
    }

    void serve(Served result) {
        served = result;
        answered();
    }

    void fail(RegistryException failure) {
        error = failure;
        answered();
    }

    private void answered() {
        state.compareAndSet(CLAIMED, ANSWERED);
    }

    /** Names who wakes the caller; set before the answer. */
    void wokenBy(Wakeups others) {
        wakeups = others;
    }

    /** Wakes the caller; false if there is none, or it has gone. */
    boolean wake() {
        if (caller == null || state.get() != ANSWERED) {
            return false;
        }
        LockSupport.unpark(caller);
        return true;
    }

    /** Says that a request which nobody waits for any more, and which was claimed, is not going to be computed. */
    void abandon() {
        if (future != null) {
            future.release();
        }
    }

    /** Completes the future with the answer, if a future waits; runs what depends on it. */
    void complete() {
        if (future == null) {
            return;
        }
        future.release();
        if (error != null) {
            future.completeExceptionally(error);
        } else {
            future.complete(served);
        }
    }

    /** The answer, for the caller, once this is not {@linkplain #isOpen open} any more. */
    Served take() {
        state.set(GONE);
        Wakeups others = wakeups;
        if (others != null) {
            others.passOn();
        }
        RegistryException failure = error;
        Served result = served;
        if (failure != null) {
            throw failure;
        }
        if (result == null) {
            throw new IllegalStateException("A request was answered with nothing");
        }
        return result;
    }
}
