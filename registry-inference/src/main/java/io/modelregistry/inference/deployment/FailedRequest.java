package io.modelregistry.inference.deployment;

import io.modelregistry.inference.monitor.ServedRequest;

/** A request without an answer, for the metrics. */
record FailedRequest(Target target, Outcome outcome, long queueNanos, long modelNanos) implements ServedRequest {
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
}
