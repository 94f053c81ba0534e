package io.modelregistry.inference;

import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
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

    /** Predicts many at once as {@link Predictor#predictBatch}; outcome i belongs to input i. */
    public List<Outcome<O>> predictBatch(List<I> inputs) {
        List<Tensors> tensors = new ArrayList<>(inputs.size());
        inputs.forEach(input -> tensors.add(translator.toTensors(input)));
        List<Outcome<O>> outcomes = new ArrayList<>(inputs.size());
        for (Outcome<Tensors> outcome : predictor.predictBatch(tensors)) {
            if (outcome instanceof Outcome.Success<Tensors> success) {
                outcomes.add(new Outcome.Success<>(translator.fromTensors(success.value())));
            } else if (outcome instanceof Outcome.Failure<Tensors> failure) {
                outcomes.add(new Outcome.Failure<>(failure.error()));
            }
        }
        return List.copyOf(outcomes);
    }

    /** The predictor underneath. */
    public Predictor predictor() {
        return predictor;
    }
}
