package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.internal.BatchDimension;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of many callers with one predictor, and computes in one call what came while the last one was
 * computed. Safe for use by any number of threads.
 *
 * <p>A request waits in a queue, first come first served among those of its {@linkplain Priority priority}, until one
 * of a fixed number of workers takes it, together with others of the same row shapes that ask for the same outputs. A
 * synchronous caller that finds nothing queued, and a worker's place free for each caller, computes its own request.
 * What fails in a batch fails alone.
 *
 * <p>Handing a request to another thread and back may cost more than a small model takes. Unless the options say
 * {@link BatchingOptions.Use#ALWAYS}, {@link #predict} measures now and then what serves its callers faster, and lets
 * them compute on their own threads where that does, as many at once as there are callers: then requests do not wait,
 * so neither priorities nor the capacity of the queue mean anything to them.
 *
 * <p>A deadline counts until the model is called: what has not begun by then is never computed, what has begun is
 * awaited.
 */
public final class Batcher implements AutoCloseable {
    /** The most batches that may be computed at once, each on a thread of its own. */
    public static final int MAX_PARALLELISM = 1_000;

    private static final Duration SHORT_DRAIN = Duration.ofSeconds(1);

    private final String name;
    private final BatchingOptions options;
    private final boolean takesBatches;
    private final boolean bypasses;
    private final GuardedModel model;
    private final BatchTime time = new BatchTime();
    private final BatchQueue queue;
    private final BatchCall call;
    private final Workers workers;
    private final Deadlines deadlines;
    private final @Nullable PathChoice choice;
    private final AtomicInteger callersInside = new AtomicInteger();
    private final Object quiet = new Object();
    private volatile boolean closing;

    /**
     * A batcher over a predictor, which stays open when the batcher is closed.
     *
     * @param name what messages and threads call it, such as a deployment
     * @param parallelism how many batches are computed at once
     * @throws InvalidValueException if the parallelism is less than 1 or more than {@link #MAX_PARALLELISM}
     */
    public Batcher(Predictor predictor, String name, BatchingOptions options, int parallelism) {
        this.name = name;
        this.options = options;
        this.takesBatches = !options.isOff() && BatchDimension.isIn(predictor.signature());
        this.bypasses = options.maxDelay().isZero();
        this.model = new GuardedModel(predictor, name);
        this.queue = new BatchQueue(options, time);
        this.call = new BatchCall(model, name, options, time);
        this.workers = new Workers("batcher-" + name, checked(parallelism), new QueueWork());
        this.deadlines = new Deadlines("batcher-" + name + "-deadlines");
        this.choice = options.use() == BatchingOptions.Use.WHERE_FASTER && !options.isOff()
                ? new PathChoice(System.nanoTime())
                : null;
    }

    private static int checked(int parallelism) {
        return Bounds.inRange("parallelism", parallelism, 1, MAX_PARALLELISM);
    }

    /**
     * Computes some outputs of one input and waits for them. With batching off, that is a call of the predictor on this
     * thread.
     *
     * @param outputs distinct names of outputs; empty means all
     * @throws DeadlineExceededException if the deadline passes before the model is called
     * @throws OverloadedException if the queue is full and the options say to refuse
     * @throws BatcherClosedException after {@link #close}, or if it came first
     * @throws RegistryException with code {@link ErrorCode#TIMEOUT} if this thread is interrupted, which stays
     *     interrupted; and whatever {@link Predictor#predict(Tensors, List)} throws
     */
    public Served predict(Tensors inputs, List<String> outputs, RequestContext context) {
        long now = System.nanoTime();
        requireOpenAndInTime(context, now);
        if (options.isOff()) {
            return direct(inputs, outputs, now);
        }
        PathChoice learned = choice;
        if (learned == null) {
            return queued(new Request.Call(inputs, outputs, context), now);
        }
        boolean goesDirect = learned.arrived(now);
        try {
            return goesDirect ? direct(inputs, outputs, now) : queued(new Request.Call(inputs, outputs, context), now);
        } finally {
            learned.left(goesDirect, System.nanoTime());
        }
    }

    private void requireOpenAndInTime(RequestContext context, long now) {
        if (closing) {
            throw new BatcherClosedException(name);
        }
        if (context.remainingNanos(now) <= 0) {
            throw new DeadlineExceededException(name, 0);
        }
    }

    private Served direct(Tensors inputs, List<String> outputs, long begun) {
        Tensors computed = call.compute(inputs, outputs, takesBatches ? Rows.count(inputs) : 0);
        long nanos = System.nanoTime() - begun;
        call.worked(nanos);
        return new Served(computed, 0, nanos);
    }

    private Served queued(Request.Call asked, long now) {
        int callers = callersInside.incrementAndGet();
        try {
            // With more callers than places, one that takes a place alone takes it from a batch.
            if (bypasses && callers <= workers.count() && queue.requests() == 0 && workers.takeSlot()) {
                try {
                    return direct(asked.inputs(), asked.outputs(), now);
                } finally {
                    returnSlot();
                }
            }
            Request request = Request.ofThisThread(asked, rows(asked), now);
            enqueue(request);
            while (request.isOpen()) {
                awaitAnswer(request);
            }
            return request.take();
        } finally {
            callersInside.decrementAndGet();
        }
    }

    private int rows(Request.Call asked) {
        return takesBatches ? Rows.count(asked.inputs()) : 0;
    }

    private void awaitAnswer(Request request) {
        if (Thread.currentThread().isInterrupted()) {
            if (queue.withdraw(request) || request.leave()) {
                throw interrupted();
            }
            return;
        }
        RequestContext context = request.context;
        if (!context.hasDeadline() || !request.isQueued()) {
            LockSupport.park(this);
            return;
        }
        long left = context.remainingNanos();
        if (left > 0) {
            LockSupport.parkNanos(this, left);
        } else if (queue.withdraw(request)) {
            throw expired(request);
        }
    }

    private RegistryException interrupted() {
        return new RegistryException(
                ErrorCode.TIMEOUT,
                "Cannot predict with '%s': the thread was interrupted while it waited, expected to wait for the answer"
                        .formatted(name));
    }

    private DeadlineExceededException expired(Request request) {
        return new DeadlineExceededException(name, System.nanoTime() - request.arrived);
    }

    /**
     * Queues one input. The future fails with what {@link #predict} throws; nothing is thrown here, but for an
     * interrupt while this thread waits for room.
     *
     * <p>Cancelling the future before the model is called takes the request out of the queue. Actions that depend on
     * the future without being {@code Async} run on a worker, after all callers of its batch got their answers, and
     * until they return that worker computes nothing: what takes long, or waits for another request, belongs to
     * {@code thenApplyAsync} and the like. Where the deadline passed first, they run on the one thread that watches
     * deadlines, and where the batcher was closed, on the thread that closes it.
     *
     * @param outputs distinct names of outputs; empty means all
     */
    public CompletableFuture<Served> submit(Tensors inputs, List<String> outputs, RequestContext context) {
        return submit(inputs, outputs, context, () -> {});
    }

    /**
     * The same as {@link #submit(Tensors, List, RequestContext)}, for those who keep something for the model.
     *
     * @param released run once, shortly before the future is completed, when the model is done with the request or will
     *     never see it. A future that is cancelled while the model computes is completed before that
     */
    public CompletableFuture<Served> submit(
            Tensors inputs, List<String> outputs, RequestContext context, Runnable released) {
        long now = System.nanoTime();
        PendingServed future = new PendingServed(released);
        Request.Call asked = new Request.Call(inputs, outputs, context);
        Request request = Request.of(asked, rows(asked), now, future);
        try {
            requireOpenAndInTime(context, now);
            enqueue(request);
        } catch (RegistryException e) {
            future.release();
            future.completeExceptionally(e);
            return future;
        }
        // Not before it is queued: only what is in the queue may be taken out of it.
        future.whenCancelled(() -> {
            if (queue.withdraw(request)) {
                request.abandon();
                announceQuiet();
            }
        });
        if (context.hasDeadline()) {
            request.setTimer(deadlines.in(context.remainingNanos(), () -> expire(request)));
        }
        return future;
    }

    private void expire(Request request) {
        if (queue.withdraw(request)) {
            request.fail(expired(request));
            request.complete();
            announceQuiet();
        }
    }

    private void enqueue(Request request) {
        workers.ensureStarted();
        while (!queue.offer(request)) {
            if (options.whenFull() == BatchingOptions.WhenFull.REJECT) {
                throw new OverloadedException(
                        name, "%s requests wait, as many as may".formatted(options.queueCapacity()), retryAfter());
            }
            awaitRoom(request);
        }
        if (model.isStopped() && queue.withdraw(request)) {
            throw new BatcherClosedException(name);
        }
        signal();
    }

    private void awaitRoom(Request request) {
        try {
            queue.awaitRoom(request.context.remainingNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
        if (closing) {
            throw new BatcherClosedException(name);
        }
        if (request.context.remainingNanos() <= 0) {
            throw expired(request);
        }
    }

    /** The time that it takes to compute what is queued. */
    private Duration retryAfter() {
        int rows = Math.max(1, queue.rows());
        int perBatch = options.isOff() ? 1 : options.maxRows();
        long batches = (rows + perBatch - 1L) / perBatch;
        long nanos = time.nanosFor(Math.min(rows, perBatch)) * batches / workers.count();
        return Duration.ofNanos(Math.max(1_000_000, nanos));
    }

    private void signal() {
        if (isWorthALook()) {
            workers.signal();
        }
    }

    private boolean isWorthALook() {
        return queue.isWorthALook(closing) && workers.hasFreeSlot();
    }

    private void returnSlot() {
        workers.returnSlot();
        if (queue.requests() > 0) {
            signal();
        }
        announceQuiet();
    }

    /** What a worker does, again and again. */
    private final class QueueWork implements Workers.Work {
        @Override
        public boolean isThere() {
            return isWorthALook();
        }

        @Override
        public long run() {
            queue.wantAny();
            if (!workers.takeSlot()) {
                return Long.MAX_VALUE;
            }
            try {
                BatchQueue.Taken taken = queue.take(closing);
                if (taken.isEmpty()) {
                    return taken.waitNanos;
                }
                if (queue.requests() > 0) {
                    signal();
                }
                for (Request late : taken.expired) {
                    late.fail(expired(late));
                    late.wake();
                    late.complete();
                }
                if (!taken.members.isEmpty()) {
                    call.run(taken.members);
                }
                return 0;
            } finally {
                workers.returnSlot();
                announceQuiet();
            }
        }
    }

    /** How long the model was busy with calls that succeeded in all, counted once for each call. */
    public long busyNanos() {
        return call.busyNanos();
    }

    /** The number of requests that wait. */
    public int queued() {
        return queue.requests();
    }

    /** The number of batches, and of callers' own requests, that are computed at the moment. */
    public int inFlight() {
        return model.running();
    }

    /**
     * Changes how many batches are computed at once. Those that are being computed are not touched.
     *
     * @throws InvalidValueException if it is less than 1 or more than {@link #MAX_PARALLELISM}
     */
    public void resize(int parallelism) {
        workers.resize(checked(parallelism));
        if (queue.requests() > 0) {
            workers.ensureStarted();
        }
        signal();
    }

    /** Closes with a drain of one second, see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(SHORT_DRAIN);
    }

    /**
     * Admits nobody any more, computes what is queued until the time has passed, and then fails what is left with a
     * {@link BatcherClosedException}. Waits until all calls of the predictor have returned, or the time has passed:
     * then calls may still be under way, but none is begun any more. An interrupt ends the waiting as the end of the
     * time does, and stays. May be called again, also to close sooner.
     */
    public void close(Duration drain) {
        long until = System.nanoTime()
                + Math.min(drain.toSeconds(), TimeUnit.DAYS.toSeconds(1)) * 1_000_000_000L
                + drain.toNanosPart();
        closing = true;
        workers.wakeAll();
        boolean interrupted = false;
        try {
            awaitQuiet(until);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        model.stop();
        for (Request left : queue.takeAll()) {
            left.fail(new BatcherClosedException(name));
            left.wake();
            left.complete();
        }
        workers.stop();
        deadlines.stop();
        try {
            if (!interrupted) {
                model.awaitReturned(until - System.nanoTime());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitQuiet(long until) throws InterruptedException {
        synchronized (quiet) {
            long left = until - System.nanoTime();
            while (left > 0 && (queue.requests() > 0 || workers.slotsInUse() > 0)) {
                // Callers who leave the queue announce nothing.
                quiet.wait(Math.min(20, 1 + left / 1_000_000));
                left = until - System.nanoTime();
            }
        }
    }

    private void announceQuiet() {
        if (closing) {
            synchronized (quiet) {
                quiet.notifyAll();
            }
        }
    }

    @Override
    public String toString() {
        return "Batcher[%s, %s, queued=%s]".formatted(name, options, queued());
    }
}
