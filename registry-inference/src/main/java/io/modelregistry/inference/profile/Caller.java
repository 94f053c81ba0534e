package io.modelregistry.inference.profile;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import java.util.ArrayList;
import java.util.List;

/** Makes one call of a predictor after the other. For one thread. */
final class Caller implements Runnable {
    private final Predictor predictor;
    private final List<List<Tensors>> batches = new ArrayList<>();
    private int next;

    Caller(Predictor predictor, List<Tensors> inputs, int batch) {
        this.predictor = predictor;
        for (int start = 0; start < inputs.size(); start++) {
            List<Tensors> rows = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                rows.add(inputs.get((start + i) % inputs.size()));
            }
            batches.add(List.copyOf(rows));
        }
    }

    @Override
    public void run() {
        List<Tensors> rows = batches.get(next);
        next = (next + 1) % batches.size();
        if (rows.size() == 1) {
            predictor.predict(rows.get(0));
        } else {
            predictor.predictBatch(rows).forEach(Outcome::orThrow);
        }
    }
}
