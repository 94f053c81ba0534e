package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import java.util.List;

/** Forgets the last outcome of a batch. */
record FewOutcomes(Predictor delegate) implements Predictor {
    @Override
    public TensorSignature signature() {
        return delegate.signature();
    }

    @Override
    public PredictorDescription description() {
        return delegate.description();
    }

    @Override
    public Tensors predict(Tensors inputs, List<String> outputs) {
        return delegate.predict(inputs, outputs);
    }

    @Override
    public void predictInto(Tensors inputs, Tensors outputs) {
        delegate.predictInto(inputs, outputs);
    }

    @Override
    public List<Outcome<Tensors>> predictBatch(List<Tensors> inputs, List<String> outputs) {
        return delegate.predictBatch(inputs.subList(1, inputs.size()), outputs);
    }

    @Override
    public boolean isClosed() {
        return delegate.isClosed();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
