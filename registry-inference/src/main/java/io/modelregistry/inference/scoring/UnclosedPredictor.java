package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import java.util.List;

/** A predictor that its users cannot close, because they share it. */
final class UnclosedPredictor implements Predictor {
    private final Predictor predictor;

    UnclosedPredictor(Predictor predictor) {
        this.predictor = predictor;
    }

    @Override
    public TensorSignature signature() {
        return predictor.signature();
    }

    @Override
    public PredictorDescription description() {
        return predictor.description();
    }

    @Override
    public Tensors predict(Tensors inputs, List<String> outputs) {
        return predictor.predict(inputs, outputs);
    }

    @Override
    public void predictInto(Tensors inputs, Tensors outputs) {
        predictor.predictInto(inputs, outputs);
    }

    @Override
    public List<Outcome<Tensors>> predictBatch(List<Tensors> inputs, List<String> outputs) {
        return predictor.predictBatch(inputs, outputs);
    }

    @Override
    public boolean isClosed() {
        return predictor.isClosed();
    }

    /** Does nothing: whoever loaded the predictor closes it. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return predictor.toString();
    }
}
