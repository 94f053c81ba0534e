package io.modelregistry.inference.deployment;

import io.modelregistry.inference.monitor.MetricsSink;
import io.modelregistry.inference.monitor.ServedRequest;
import io.modelregistry.inference.runtime.CircuitBreaker;
import io.modelregistry.inference.runtime.CircuitBreakerOptions;
import io.modelregistry.inference.runtime.ConcurrencyLimit;
import io.modelregistry.inference.runtime.ConcurrencyLimiter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all versions of a deployment share on this instance. Thread-safe. */
final class ServingTerms {
    private static final Logger LOG = LoggerFactory.getLogger(ServingTerms.class);

    private final String deployment;
    private final DeploymentOptions options;
    private final ConcurrencyLimiter limiter;
    private final MetricsSink sink;
    private volatile int replicas;
    private final AtomicBoolean sinkFailed = new AtomicBoolean();

    ServingTerms(String deployment, DeploymentOptions options, MetricsSink sink) {
        this.deployment = deployment;
        this.options = options;
        this.limiter = new ConcurrencyLimiter(deployment, options.limit(), options.queueCapacity());
        this.sink = sink;
        this.replicas = options.replicas().orElseGet(() -> Runtime.getRuntime().availableProcessors());
    }

    String deployment() {
        return deployment;
    }

    DeploymentOptions options() {
        return options;
    }

    ConcurrencyLimiter limiter() {
        return limiter;
    }

    /** How many calls run at once where something bounds them. */
    int replicas() {
        return replicas;
    }

    void replicas(int count) {
        replicas = count;
        if (options.limit() instanceof ConcurrencyLimit.Fixed) {
            limiter.resize(count);
        }
    }

    boolean isBatching() {
        return !options.batching().isOff();
    }

    CircuitBreaker newBreaker(String version) {
        CircuitBreakerOptions breaker = options.circuitBreaker();
        return breaker.isOff() ? CircuitBreaker.off() : new CircuitBreaker(deployment + "' with '" + version, breaker);
    }

    /** Tells the metrics; one that fails is told of once in the log, and fails no request. */
    void tell(ServedRequest request) {
        try {
            sink.served(request);
        } catch (RuntimeException | Error e) {
            if (sinkFailed.compareAndSet(false, true)) {
                LOG.warn("The metrics sink of deployment '{}' fails; this is said once", deployment, e);
            }
        }
    }
}
