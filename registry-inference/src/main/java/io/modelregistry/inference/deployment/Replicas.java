package io.modelregistry.inference.deployment;

import io.modelregistry.inference.runtime.ReplicaAutoscaler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How many calls this instance computes at once: as desired, or as the load asks for. Used by the control thread. */
final class Replicas {
    private final ServingTerms terms;
    private final Versions versions;
    private final @Nullable ReplicaAutoscaler autoscaler;
    private long busyBefore;
    private long lookedAt = System.nanoTime();

    Replicas(ServingTerms terms, Versions versions) {
        this.terms = terms;
        this.versions = versions;
        this.autoscaler =
                terms.options().autoscaling().map(ReplicaAutoscaler::new).orElse(null);
    }

    /** Takes the number that the desired state says; where the load decides, only until it does. */
    void desire(Optional<Integer> count) {
        if (autoscaler == null) {
            count.ifPresent(this::set);
        }
    }

    /** Lets the load decide, if it does. */
    void adjust() {
        if (autoscaler == null) {
            return;
        }
        long now = System.nanoTime();
        long busy = versions.all().stream().mapToLong(ServingVersion::busyNanos).sum();
        long time = Math.max(1, now - lookedAt);
        double fraction = Math.min(1, Math.max(0, (double) (busy - busyBefore) / time / terms.replicas()));
        busyBefore = busy;
        lookedAt = now;
        set(autoscaler.wanted(now, terms.replicas(), fraction));
    }

    private void set(int count) {
        if (terms.replicas() == count) {
            return;
        }
        terms.replicas(count);
        for (ServingVersion version : versions.all()) {
            LoadedModel model = version.loaded();
            if (model != null) {
                model.batcher().resize(count);
            }
        }
    }
}
