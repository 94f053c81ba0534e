package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.VersionStatus;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.runtime.HandleState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Says how this instance is, and writes it down when it has changed or a heartbeat is due. */
final class Reporter {
    private final DeploymentName name;
    private final Host host;
    private final ServingTerms terms;
    private final Versions versions;
    private long heartbeat;
    private long writtenAt;
    private @Nullable String written;

    Reporter(DeploymentName name, Host host, ServingTerms terms, Versions versions) {
        this.name = name;
        this.host = host;
        this.terms = terms;
        this.versions = versions;
    }

    /** How this instance is now. */
    InstanceStatus status(Controller controller, Optional<StepReport> step) {
        return new InstanceStatus(
                host.instance(),
                heartbeat,
                controller.appliedRevision(),
                host.clock().instant(),
                health(controller),
                controller.problem(),
                terms.replicas(),
                versions.all().stream()
                        .map(version -> status(version, controller))
                        .toList(),
                step,
                new TreeMap<>(terms.options().labels()));
    }

    static Health health(Controller controller) {
        if (controller.isEnded()) {
            return Health.STOPPED;
        }
        if (controller.appliedRevision() == 0) {
            return controller.problem().isEmpty() ? Health.STARTING : Health.FAILED;
        }
        return controller.problem().isEmpty() ? Health.SERVING : Health.DEGRADED;
    }

    private VersionStatus status(ServingVersion version, Controller controller) {
        LoadedModel model = version.loaded();
        VersionStats.Reading read = version.stats().read();
        String state = model != null
                ? model.handle().state().label()
                : versions.failure(version.pinned()).isPresent()
                        ? HandleState.FAILED.label()
                        : HandleState.REQUESTED.label();
        String variant = controller.desired().stream()
                .flatMap(snapshot -> snapshot.state().traffic().variants().stream())
                .filter(candidate -> candidate.version().equals(version.pinned()))
                .map(Variant::name)
                .findFirst()
                .orElse("shadow");
        return new VersionStatus(
                variant,
                version.pinned(),
                state,
                read.requests(),
                read.failed(),
                Duration.ofNanos(read.latencies().percentile(50)),
                Duration.ofNanos(read.latencies().percentile(99)));
    }

    /** Writes the status unless nothing has changed and no heartbeat is due. */
    void report(Controller controller, Optional<StepReport> step) {
        InstanceStatus status = status(controller, step);
        List<String> states = status.versions().stream()
                .map(version -> version.variant() + version.version() + version.state())
                .toList();
        String gist = status.revision() + " " + status.health() + " " + status.problem() + " " + states + " "
                + status.replicas() + " " + step.map(report -> report.step() + " " + report.verdict());
        long now = System.nanoTime();
        boolean isDue = now - writtenAt >= host.pace().heartbeat().toNanos();
        if (gist.equals(written) && !isDue) {
            return;
        }
        heartbeat++;
        host.store().report(name, status(controller, step));
        written = gist;
        writtenAt = now;
    }
}
