package io.modelregistry.deployment;

import io.modelregistry.model.Digest;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be true of a deployment on every instance: its desired state.
 *
 * @param reference what it follows, as it was asked for
 * @param follow what happens when the reference comes to mean another version
 * @param onChange how it gets to another version
 * @param traffic which requests go to which version
 * @param rollout the rollout under way
 * @param previous the versions that served before, the last one first, at most {@value #MAX_PREVIOUS}: what a rollback
 *     may bring back
 * @param held manifests that were rolled back, not tried again by themselves
 * @param replicas how many calls each instance computes at once; empty if each instance decides
 * @param labels what hosts say of it
 * @param status whether it serves
 * @param unknown fields that a newer minor format added, as JSON text by name; carried along
 */
public record DeploymentState(
        ModelRef reference,
        Follow follow,
        RolloutPlan onChange,
        Traffic traffic,
        Optional<RolloutState> rollout,
        List<PinnedVersion> previous,
        SortedSet<Digest> held,
        Optional<Integer> replicas,
        SortedMap<String, String> labels,
        Status status,
        SortedMap<String, String> unknown) {
    /** How many earlier versions are kept. */
    public static final int MAX_PREVIOUS = 10;

    /** The most calls that an instance computes at once. */
    public static final int MAX_REPLICAS = 1_000;

    /** What happens when the reference comes to mean another version. */
    public enum Follow {
        /** Nothing: the version stays until somebody changes it. */
        STAY,
        /** The deployment goes to it by its plan. */
        FOLLOW
    }

    /** Whether a deployment serves. */
    public enum Status {
        /** It serves. */
        ACTIVE,
        /** It was undeployed everywhere; its history stays. */
        UNDEPLOYED
    }

    /**
     * Copies the collections and checks what belongs together.
     *
     * @throws InvalidValueException if the replicas are less than 1 or more than {@link #MAX_REPLICAS}, or a rollout's
     *     candidate has no variant
     */
    public DeploymentState {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(follow, "follow");
        Objects.requireNonNull(onChange, "onChange");
        Objects.requireNonNull(traffic, "traffic");
        Objects.requireNonNull(status, "status");
        previous = List.copyOf(previous.subList(0, Math.min(previous.size(), MAX_PREVIOUS)));
        held = Collections.unmodifiableSortedSet(new TreeSet<>(held));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        unknown = Collections.unmodifiableSortedMap(new TreeMap<>(unknown));
        if (replicas.isPresent() && (replicas.get() < 1 || replicas.get() > MAX_REPLICAS)) {
            throw new InvalidValueException(
                    "replicas", replicas.get().toString(), "it is out of range", "1 to " + MAX_REPLICAS);
        }
        if (rollout.isPresent()) {
            PinnedVersion candidate = rollout.get().candidate();
            if (traffic.find(Variant.CANARY)
                    .map(Variant::version)
                    .filter(candidate::equals)
                    .isEmpty()) {
                throw new InvalidValueException(
                        "rollout", candidate.toString(), "no variant 'canary' serves its candidate", "one that does");
            }
        }
    }

    /** A deployment that serves one version. */
    public static DeploymentState serving(ModelRef reference, Follow follow, RolloutPlan onChange, Traffic traffic) {
        return new DeploymentState(
                reference,
                follow,
                onChange,
                traffic,
                Optional.empty(),
                List.of(),
                new TreeSet<>(),
                Optional.empty(),
                new TreeMap<>(),
                Status.ACTIVE,
                new TreeMap<>());
    }

    /** The version that takes what the others leave. */
    public PinnedVersion primary() {
        return traffic.primary().version();
    }

    /** Starts an edit of it. */
    public Edit edit() {
        return new Edit(this);
    }

    /** Collects changes of a state. Not thread-safe. */
    public static final class Edit {
        private ModelRef reference;
        private Follow follow;
        private RolloutPlan onChange;
        private Traffic traffic;
        private Optional<RolloutState> rollout;
        private List<PinnedVersion> previous;
        private SortedSet<Digest> held;
        private Optional<Integer> replicas;
        private SortedMap<String, String> labels;
        private Status status;
        private final SortedMap<String, String> unknown;

        private Edit(DeploymentState from) {
            reference = from.reference;
            follow = from.follow;
            onChange = from.onChange;
            traffic = from.traffic;
            rollout = from.rollout;
            previous = from.previous;
            held = from.held;
            replicas = from.replicas;
            labels = from.labels;
            status = from.status;
            unknown = from.unknown;
        }

        /** What it follows, and how. */
        public Edit following(ModelRef newReference, Follow newFollow) {
            reference = newReference;
            follow = newFollow;
            return this;
        }

        /** How it gets to another version. */
        public Edit onChange(RolloutPlan plan) {
            onChange = plan;
            return this;
        }

        /** Which requests go where. */
        public Edit traffic(Traffic newTraffic) {
            traffic = newTraffic;
            return this;
        }

        /** The rollout under way, or none. */
        public Edit rollout(Optional<RolloutState> newRollout) {
            rollout = newRollout;
            return this;
        }

        /** The versions that served before, the last one first. */
        public Edit previous(List<PinnedVersion> versions) {
            previous = versions;
            return this;
        }

        /** The manifests that are not tried again by themselves. */
        public Edit held(SortedSet<Digest> digests) {
            held = digests;
            return this;
        }

        /** How many calls each instance computes at once. */
        public Edit replicas(int count) {
            replicas = Optional.of(count);
            return this;
        }

        /** What hosts say of it. */
        public Edit labels(Map<String, String> newLabels) {
            labels = new TreeMap<>(newLabels);
            return this;
        }

        /** Whether it serves. */
        public Edit status(Status newStatus) {
            status = newStatus;
            return this;
        }

        /**
         * The state with the changes.
         *
         * @throws InvalidValueException if they do not go together
         */
        public DeploymentState build() {
            return new DeploymentState(
                    reference, follow, onChange, traffic, rollout, previous, held, replicas, labels, status, unknown);
        }
    }
}
