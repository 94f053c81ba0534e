package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which other instances live, by what they write: one whose heartbeat has not moved for a while, on the clock of this
 * process, is taken to be gone, so no clock of another host matters. Used by one thread.
 */
final class Fleet {
    /** How many times longer than stale an instance has to be silent to be taken to be gone for good. */
    private static final int LONG_GONE = 10;

    private final long staleNanos;
    private final long listeningNanos;
    private final Map<String, Seen> seen = new HashMap<>();
    private long lookedAt;

    /** A heartbeat, when it was first seen, and from when on its instance has been silent as far as this one knows. */
    private record Seen(long heartbeat, long first, long silentFrom) {}

    Fleet(Host.Pace pace) {
        this.staleNanos = pace.stale().toNanos();
        this.listeningNanos = pace.listening().toNanos();
    }

    /** Those of the instances that live. */
    List<InstanceStatus> fresh(List<InstanceStatus> statuses, long now) {
        if (now - lookedAt > listeningNanos) {
            // Nobody is silent for the time in which nobody was listened to, such as while the store was away.
            seen.replaceAll((instance, last) -> new Seen(last.heartbeat, last.first, now));
        }
        lookedAt = now;
        List<InstanceStatus> fresh = new ArrayList<>();
        for (InstanceStatus status : statuses) {
            Seen last = seen.get(status.instance());
            if (last == null || last.heartbeat != status.heartbeat()) {
                last = new Seen(status.heartbeat(), now, now);
                seen.put(status.instance(), last);
            }
            if (status.health() != InstanceStatus.Health.STOPPED && now - last.silentFrom < staleNanos) {
                fresh.add(status);
            }
        }
        return fresh;
    }

    /** The instances that have been silent for very long, told once. */
    List<String> takeGone(long now) {
        List<String> gone = seen.entrySet().stream()
                .filter(entry -> now - entry.getValue().first >= LONG_GONE * staleNanos
                        && now - entry.getValue().silentFrom >= staleNanos)
                .map(Map.Entry::getKey)
                .toList();
        gone.forEach(seen::remove);
        return gone;
    }

    /** Whether all of these say that a step is done. */
    static boolean allPassed(List<InstanceStatus> statuses, StepReport own) {
        return statuses.stream()
                .allMatch(status -> status.step()
                        .filter(report -> report.rollout().equals(own.rollout()))
                        .filter(report -> report.step() == own.step() && report.verdict() == Verdict.PASSED)
                        .isPresent());
    }
}
