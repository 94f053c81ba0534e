package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.monitor.ServedRequest;
import java.time.Duration;

/** The answer to one request: the outputs, and which version gave them and how long it took. Immutable. */
public final class Prediction implements ServedRequest {
    private final Target target;
    private final Tensors outputs;
    private final long queueNanos;
    private final long modelNanos;

    Prediction(Target target, Tensors outputs, long queueNanos, long modelNanos) {
        this.target = target;
        this.outputs = outputs;
        this.queueNanos = queueNanos;
        this.modelNanos = modelNanos;
    }

    /** What the model computed. */
    public Tensors outputs() {
        return outputs;
    }

    /** The version that answered. */
    public PinnedVersion version() {
        return target.version().pinned();
    }

    @Override
    public String deployment() {
        return target.deployment();
    }

    @Override
    public String model() {
        return target.version().label();
    }

    @Override
    public String variant() {
        return target.variant();
    }

    @Override
    public Outcome outcome() {
        return Outcome.SUCCESS;
    }

    @Override
    public long queueNanos() {
        return queueNanos;
    }

    @Override
    public long modelNanos() {
        return modelNanos;
    }

    /** How long the request waited before the model was called. */
    public Duration queueTime() {
        return Duration.ofNanos(queueNanos);
    }

    /** How long the model took; for a request that was computed in a batch, how long the batch took. */
    public Duration modelTime() {
        return Duration.ofNanos(modelNanos);
    }

    @Override
    public String toString() {
        return "Prediction[%s by %s (%s), queued %s us, computed in %s us]"
                .formatted(outputs.names(), model(), variant(), queueNanos / 1_000, modelNanos / 1_000);
    }
}
