package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows into batches, computes batches in parallel, and hands out their rows in the order of the source.
 *
 * <p>Everything but the calls of the predictor happens in the thread that takes rows. A batch counts as in flight from
 * its first row read until its last row is taken, which is what bounds the memory. Batches are always filled up, so
 * that the same source is always cut in the same places, whatever the timing.
 *
 * @param <R> a row: what the caller wants back beside the outcome
 */
final class OrderedBatches<R> implements Iterator<OrderedBatches.Scored<R>>, AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    /**
     * A row and what became of it.
     *
     * @param <R> a row
     */
    record Scored<R>(R row, Outcome<Tensors> outcome) {}

    private final Predictor predictor;
    private final Iterator<? extends R> source;
    private final Function<? super R, Outcome<Tensors>> inputs;
    private final ScoringOptions options;
    private final ThreadPoolExecutor threads;
    private final Deque<Future<Deque<Scored<R>>>> inFlight = new ArrayDeque<>();
    private Deque<Scored<R>> current = new ArrayDeque<>();
    private @Nullable Throwable sourceFailure;
    private @Nullable Throwable failure;
    private boolean sourceEnded;
    private boolean closed;

    /**
     * A run that has not begun.
     *
     * @param inputs what to predict for a row, or why it cannot be
     */
    OrderedBatches(
            Predictor predictor,
            Iterator<? extends R> source,
            Function<? super R, Outcome<Tensors>> inputs,
            ScoringOptions options) {
        this.predictor = predictor;
        this.source = source;
        this.inputs = inputs;
        this.options = options;
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                options.parallelCalls(),
                options.parallelCalls(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "batch-scoring-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        // A run that nobody takes from nor closes keeps no thread.
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean hasNext() {
        if (failure != null) {
            throw rethrow(failure);
        }
        if (closed) {
            return false;
        }
        if (!current.isEmpty()) {
            return true;
        }
        fill();
        Future<Deque<Scored<R>>> head = inFlight.poll();
        if (head != null) {
            current = take(head);
            return true;
        }
        if (sourceFailure != null) {
            throw rethrow(failed(sourceFailure));
        }
        close();
        return false;
    }

    @Override
    public Scored<R> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There are no more rows");
        }
        return current.remove();
    }

    /** Reads batches until as many are in flight as may be. */
    private void fill() {
        while (!sourceEnded && inFlight.size() < options.batchesInFlight()) {
            List<R> rows = read();
            if (!rows.isEmpty()) {
                inFlight.add(threads.submit(() -> compute(rows)));
            }
        }
    }

    private List<R> read() {
        List<R> rows = new ArrayList<>(Math.min(options.rowsPerBatch(), 1024));
        try {
            while (rows.size() < options.rowsPerBatch()) {
                if (!source.hasNext()) {
                    sourceEnded = true;
                    return rows;
                }
                rows.add(source.next());
            }
        } catch (RuntimeException | Error e) {
            // Thrown when the rows before it have been taken.
            sourceEnded = true;
            sourceFailure = e;
        }
        return rows;
    }

    private Deque<Scored<R>> compute(List<R> rows) {
        List<Tensors> wanted = new ArrayList<>(rows.size());
        List<Outcome<Tensors>> read = new ArrayList<>(rows.size());
        for (R row : rows) {
            Outcome<Tensors> input = inputs.apply(row);
            read.add(input);
            if (input instanceof Outcome.Success<Tensors> success) {
                wanted.add(success.value());
            }
        }
        Iterator<Outcome<Tensors>> computed = predict(wanted).iterator();
        Deque<Scored<R>> scored = new ArrayDeque<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Outcome<Tensors> input = read.get(i);
            scored.add(new Scored<>(rows.get(i), input.isSuccess() ? computed.next() : input));
        }
        return scored;
    }

    private List<Outcome<Tensors>> predict(List<Tensors> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        try {
            return predictor.predictBatch(wanted, options.outputs());
        } catch (RegistryException e) {
            if (e.code() == ErrorCode.CLOSED) {
                throw e;
            }
            return wanted.stream()
                    .<Outcome<Tensors>>map(input -> new Outcome.Failure<>(e))
                    .toList();
        } catch (RuntimeException e) {
            RegistryException failed =
                    new PredictionFailedException(predictor.description().model(), e.toString(), e);
            return wanted.stream()
                    .<Outcome<Tensors>>map(input -> new Outcome.Failure<>(failed))
                    .toList();
        }
    }

    private Deque<Scored<R>> take(Future<Deque<Scored<R>>> head) {
        try {
            return head.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw rethrow(failed(new RegistryException(
                    ErrorCode.TIMEOUT,
                    "Cannot score with model '" + predictor.description().model()
                            + "': the thread was interrupted, expected to be let finish",
                    e)));
        } catch (ExecutionException e) {
            throw rethrow(failed(e.getCause() == null ? e : e.getCause()));
        }
    }

    /** Ends the run with a failure that every further call throws again: nobody shall take it for the end. */
    private Throwable failed(Throwable why) {
        failure = why;
        close();
        return why;
    }

    private static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        throw new IllegalStateException(failure);
    }

    @Override
    public void close() {
        closed = true;
        sourceEnded = true;
        threads.shutdownNow();
        inFlight.clear();
        current = new ArrayDeque<>();
    }
}
