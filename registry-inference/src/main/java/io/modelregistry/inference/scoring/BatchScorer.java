package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.InvalidValueException;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Predicts for any number of inputs in bounded memory: reads them lazily, computes them in batches on threads of its
 * own, and hands out the outcomes in the order of the inputs. Immutable and safe for use by any number of threads, each
 * with a run of its own; it does not close the predictor.
 */
public final class BatchScorer {
    private final Predictor predictor;
    private final ScoringOptions options;

    private BatchScorer(Predictor predictor, ScoringOptions options) {
        this.predictor = Objects.requireNonNull(predictor, "predictor");
        this.options = Objects.requireNonNull(options, "options");
    }

    /** A scorer with the default options. */
    public static BatchScorer of(Predictor predictor) {
        return of(predictor, ScoringOptions.defaults());
    }

    /**
     * A scorer over a predictor, which stays with the caller.
     *
     * @throws InvalidValueException if the model has no output of a name in the options
     */
    public static BatchScorer of(Predictor predictor, ScoringOptions options) {
        requireOutputs(predictor, options);
        return new BatchScorer(predictor, options);
    }

    static void requireOutputs(Predictor predictor, ScoringOptions options) {
        for (String name : options.outputs()) {
            if (predictor.signature().findOutput(name).isEmpty()) {
                throw new InvalidValueException(
                        "output",
                        name,
                        "the model has no output of this name",
                        "one of " + predictor.signature().outputs());
            }
        }
    }

    /**
     * Begins a run. The source is read only by the thread that takes outcomes, and never further ahead than the options
     * allow.
     */
    public ScoredRows score(Iterator<Tensors> inputs) {
        return new ScoredRows(predictor, inputs, options);
    }

    /**
     * Begins a run as a sequential stream. Closing the stream ends the run and closes {@code inputs}; a stream that is
     * read to its end needs no closing for the threads' sake.
     */
    public Stream<Outcome<Tensors>> score(Stream<Tensors> inputs) {
        ScoredRows rows = score(inputs.iterator());
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, traits), false)
                .onClose(rows::close)
                .onClose(inputs::close);
    }
}
