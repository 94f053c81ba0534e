package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.runtime.Batcher;
import io.modelregistry.inference.runtime.ModelHandle;
import io.modelregistry.inference.runtime.Reservation;

/**
 * A version in memory.
 *
 * @param handle counts who uses it
 * @param predictor the model
 * @param batcher the queue in front of it
 * @param reservation its share of the memory budget
 * @param baseline how fast it was before it served
 */
record LoadedModel(
        ModelHandle handle, Predictor predictor, Batcher batcher, Reservation reservation, Baseline baseline) {
    /**
     * Times of single predictions before anybody else used the model.
     *
     * @param p50Nanos the median; 0 if nothing was measured
     * @param p99Nanos the 99th percentile
     */
    record Baseline(long p50Nanos, long p99Nanos) {
        static final Baseline NONE = new Baseline(0, 0);
    }
}
