package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What one instance has made of a deployment: its observed state, written by that instance alone.
 *
 * @param instance the id of the instance, which no other running instance has
 * @param heartbeat counts its reports; one that grows tells others that the instance lives, whatever its clock says
 * @param revision the revision of the desired state that it serves
 * @param at when it was written, by the clock of the instance
 * @param health how it is
 * @param problem what is wrong, in words; empty if nothing
 * @param replicas how many calls it computes at once
 * @param versions the versions that it has loaded or tries to
 * @param step what it says of the present step of the rollout
 * @param labels what the host says of the instance
 */
public record InstanceStatus(
        String instance,
        long heartbeat,
        long revision,
        Instant at,
        Health health,
        String problem,
        int replicas,
        List<VersionStatus> versions,
        Optional<StepReport> step,
        SortedMap<String, String> labels) {
    private static final Pattern INSTANCE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}(?<!\\.)");

    /** How an instance is. */
    public enum Health {
        /** It loads and does not serve yet. */
        STARTING,
        /** It serves what is desired. */
        SERVING,
        /** It serves, but not what is desired. */
        DEGRADED,
        /** It serves nothing, because nothing could be loaded. */
        FAILED,
        /** It has stopped. */
        STOPPED
    }

    /**
     * Copies the collections and checks the id.
     *
     * @throws InvalidValueException if the id has other characters than lower-case letters, digits, {@code -},
     *     {@code _} and {@code .}
     */
    public InstanceStatus {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(step, "step");
        versions = List.copyOf(versions);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        checkInstance(instance);
    }

    /**
     * Checks the id of an instance.
     *
     * @throws InvalidValueException if it cannot be one
     */
    public static void checkInstance(String instance) {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new InvalidValueException(
                    "instance", instance, "it is not an id", "1 to 100 lower-case letters, digits, '-', '_' or '.'");
        }
    }

    /**
     * One version on one instance.
     *
     * @param variant the variant that it serves; {@code shadow} for the shadow
     * @param version the version
     * @param state its loading state, such as {@code ready} or {@code failed}
     * @param requests how many it was asked for since it was loaded
     * @param errors how many of them failed
     * @param p50 the median latency since it was loaded; zero if nothing was measured
     * @param p99 the 99th percentile
     */
    public record VersionStatus(
            String variant,
            PinnedVersion version,
            String state,
            long requests,
            long errors,
            Duration p50,
            Duration p99) {
        /** Checks for nulls. */
        public VersionStatus {
            Objects.requireNonNull(variant, "variant");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(p50, "p50");
            Objects.requireNonNull(p99, "p99");
        }
    }

    /**
     * What an instance says of one step of a rollout.
     *
     * @param rollout the id of the rollout
     * @param step the index of the step
     * @param verdict what it says
     * @param samples how many requests of the candidate it has judged in this step
     * @param detail why, in words
     */
    public record StepReport(String rollout, int step, Verdict verdict, long samples, String detail) {
        /** Checks for nulls. */
        public StepReport {
            Objects.requireNonNull(rollout, "rollout");
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** What an instance says of a step. */
    public enum Verdict {
        /** Not done yet. */
        PENDING,
        /** Done, as far as this instance is concerned. */
        PASSED,
        /** The candidate broke an objective. */
        FAILED,
        /** Too little was seen for too long. */
        INCONCLUSIVE
    }
}
