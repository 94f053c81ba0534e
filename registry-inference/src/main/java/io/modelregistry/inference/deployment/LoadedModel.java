package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.runtime.Batcher;
import io.modelregistry.inference.runtime.ModelHandle;
import io.modelregistry.inference.runtime.Reservation;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A version in memory.
 *
 * @param handle counts who uses it
 * @param predictor the model
 * @param batcher the queue in front of it
 * @param reservation its share of the memory budget
 * @param baseline how fast it was before it served
 * @param expected the futures whose answers have not come yet
 */
record LoadedModel(
        ModelHandle handle,
        Predictor predictor,
        Batcher batcher,
        Reservation reservation,
        Baseline baseline,
        Set<CompletableFuture<Prediction>> expected) {
    LoadedModel(ModelHandle handle, Predictor predictor, Batcher batcher, Reservation reservation, Baseline baseline) {
        this(handle, predictor, batcher, reservation, baseline, ConcurrentHashMap.newKeySet());
    }

    /**
     * Times of single predictions before anybody else used the model.
     *
     * @param p50Nanos the median; 0 if nothing was measured
     * @param p99Nanos the 99th percentile
     */
    record Baseline(long p50Nanos, long p99Nanos) {
        static final Baseline NONE = new Baseline(0, 0);
    }

    /** A future waits for an answer of this model. */
    void expect(CompletableFuture<Prediction> answer) {
        expected.add(answer);
    }

    /** A future waits no longer. */
    @SuppressWarnings("CollectionUndefinedEquality") // Each future is itself and nothing else.
    void answered(CompletableFuture<Prediction> answer) {
        expected.remove(answer);
    }

    /**
     * Ends the queue. Futures whose calls have begun and have not returned by now fail, for an engine that hangs must
     * not leave them behind; the calls keep the model until they return.
     */
    void endQueue() {
        batcher.close(Duration.ZERO);
        for (CompletableFuture<Prediction> answer : expected) {
            answer.completeExceptionally(new RegistryException(
                    ErrorCode.CLOSED,
                    "Cannot predict with '%s': its call has not returned in the time in which the model was to be drained, expected it to"
                            .formatted(handle.id())));
        }
    }
}
