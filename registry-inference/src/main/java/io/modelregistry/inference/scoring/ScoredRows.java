package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Tensors;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The outcomes of one run in the order of its inputs. An input that fails has a failure in its place and touches no
 * other.
 *
 * <p>An exception of the source comes out of {@link #hasNext} and {@link #next} at its place, behind the outcomes of
 * all inputs before it, and again at each further call. So does a {@link PredictorClosedException}: a predictor that is
 * gone ends the run.
 *
 * <p>For one thread at a time. The run's threads stop when the last outcome was taken, when an exception came out, or
 * when it is closed.
 */
public final class ScoredRows implements Iterator<Outcome<Tensors>>, AutoCloseable {
    private final OrderedBatches<Outcome<Tensors>> batches;

    ScoredRows(Predictor predictor, Iterator<Tensors> inputs, ScoringOptions options) {
        Iterator<Outcome<Tensors>> source = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return inputs.hasNext();
            }

            @Override
            public Outcome<Tensors> next() {
                Tensors input = inputs.next();
                if (input == null) {
                    throw new NullPointerException("The source of inputs gave null");
                }
                return new Outcome.Success<>(input);
            }
        };
        batches = new OrderedBatches<>(predictor, source, input -> input, options);
    }

    /** Whether there is another outcome; may read inputs, and wait for the engine. */
    @Override
    public boolean hasNext() {
        return batches.hasNext();
    }

    /**
     * The next outcome.
     *
     * @throws NoSuchElementException at the end, and after {@link #close}
     */
    @Override
    public Outcome<Tensors> next() {
        return batches.next().outcome();
    }

    /** Ends the run: no further input is read and no further call begins. Calls that run end on their own. */
    @Override
    public void close() {
        batches.close();
    }
}
