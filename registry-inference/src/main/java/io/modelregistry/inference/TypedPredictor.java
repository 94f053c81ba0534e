package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * A {@link Predictor} seen through a {@link Translator}; as thread-safe as the two. It owns nothing: close the
 * predictor itself.
 *
 * @param <I> what the application asks with
 * @param <O> what it wants to know
 */
public final class TypedPredictor<I, O> {
    private final Predictor predictor;
    private final Translator<I, O> translator;

    TypedPredictor(Predictor predictor, Translator<I, O> translator) {
        this.predictor = Objects.requireNonNull(predictor, "predictor");
        this.translator = Objects.requireNonNull(translator, "translator");
    }

    /**
     * Translates, predicts and translates back.
     *
     * @throws RegistryException as {@link Predictor#predict(Tensors)} does; what the translator throws passes through
     */
    public O predict(I input) {
        return translator.fromTensors(predictor.predict(translator.toTensors(input)));
    }

    /**
     * Predicts many at once as {@link Predictor#predictBatch}; outcome i belongs to input i. What the translator throws
     * for one of them is the outcome of that one, as the cause of a {@link RegistryException}.
     */
    public List<Outcome<O>> predictBatch(List<I> inputs) {
        List<Outcome<Tensors>> translated = new ArrayList<>(inputs.size());
        List<Tensors> good = new ArrayList<>(inputs.size());
        for (I input : inputs) {
            Outcome<Tensors> outcome = toTensors(input, translated.size());
            translated.add(outcome);
            if (outcome instanceof Outcome.Success<Tensors> success) {
                good.add(success.value());
            }
        }
        Iterator<Outcome<Tensors>> predicted = predictor.predictBatch(good).iterator();
        List<Outcome<O>> outcomes = new ArrayList<>(inputs.size());
        for (Outcome<Tensors> outcome : translated) {
            outcomes.add(fromTensors(outcome.isSuccess() ? predicted.next() : outcome, outcomes.size()));
        }
        return List.copyOf(outcomes);
    }

    private Outcome<Tensors> toTensors(I input, int position) {
        try {
            return new Outcome.Success<>(translator.toTensors(input));
        } catch (RegistryException e) {
            return new Outcome.Failure<>(e);
        } catch (RuntimeException e) {
            return new Outcome.Failure<>(new RegistryException(
                    ErrorCode.INVALID,
                    "Cannot translate input '%s' of a batch: %s, expected one that the translator takes"
                            .formatted(position, e),
                    e));
        }
    }

    private Outcome<O> fromTensors(Outcome<Tensors> outcome, int position) {
        try {
            return new Outcome.Success<>(translator.fromTensors(outcome.orThrow()));
        } catch (RegistryException e) {
            return new Outcome.Failure<>(e);
        } catch (RuntimeException e) {
            return new Outcome.Failure<>(new RegistryException(
                    ErrorCode.PREDICTION_FAILED,
                    "Cannot translate the outputs for input '%s' of a batch: %s, expected ones that the translator takes"
                            .formatted(position, e),
                    e));
        }
    }

    /** The predictor underneath. */
    public Predictor predictor() {
        return predictor;
    }
}
