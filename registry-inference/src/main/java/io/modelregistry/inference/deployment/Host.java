package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.inference.monitor.MetricsSink;
import io.modelregistry.registry.ModelRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all deployments of one {@link Deployments} share.
 *
 * @param registry where versions come from
 * @param instance the id of this instance
 * @param pace how often it looks and reports
 * @param loader loads versions
 * @param timer wakes controllers up
 * @param mirrors computes mirrored requests
 * @param sink hears of requests
 * @param clock for what is written down, never for deciding
 */
record Host(
        ModelRegistry registry,
        String instance,
        Pace pace,
        VersionLoader loader,
        ScheduledExecutorService timer,
        Executor mirrors,
        MetricsSink sink,
        Clock clock) {
    /**
     * How often an instance looks and reports.
     *
     * @param poll between two looks at the desired state
     * @param jitter by what part of it the interval varies, so that a fleet does not ask all at once
     * @param heartbeat between two reports while nothing changes
     */
    record Pace(Duration poll, double jitter, Duration heartbeat) {
        /** After how long without a new report an instance is taken to be gone. */
        Duration stale() {
            return heartbeat.multipliedBy(3).plus(poll.multipliedBy(2));
        }

        /** The longest time between two looks of one that listens to the others; less than {@link #stale}. */
        Duration listening() {
            return heartbeat.plus(poll.multipliedBy(2));
        }
    }

    DeploymentStore store() {
        return registry.deployments();
    }
}
