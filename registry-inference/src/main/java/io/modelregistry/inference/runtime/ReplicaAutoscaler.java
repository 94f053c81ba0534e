package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.util.Objects;

/**
 * Says how many replicas there should be, by how busy those are that there are. Reads no clock and changes nothing
 * itself; not thread-safe.
 *
 * <p>The rule is that of the Kubernetes Horizontal Pod Autoscaler: {@code ceil(replicas * utilisation / target)}, and
 * no change while the utilisation is within the tolerance of the target. More replicas come as soon as the cool-down
 * since the last change has passed. Fewer come only after fewer would have been enough in every sample of the
 * cool-down, and then as many as the busiest of these samples asked for, so that a load that swings does not make
 * replicas come and go.
 */
public final class ReplicaAutoscaler {
    private final AutoscalingOptions options;
    private final long upCoolDownNanos;
    private final long downCoolDownNanos;

    private boolean hasChanged;
    private long lastChange;

    private boolean isQuiet;
    private long quietSince;
    private int mostWhileQuiet;

    /** A policy that has seen nothing yet. */
    public ReplicaAutoscaler(AutoscalingOptions options) {
        this.options = Objects.requireNonNull(options, "options");
        upCoolDownNanos = options.upCoolDown().toNanos();
        downCoolDownNanos = options.downCoolDown().toNanos();
    }

    /**
     * Takes a sample. The caller sets the number that comes back, which counts as changed at this moment.
     *
     * @param nowNanos a monotonic clock, from any origin
     * @param replicas how many there are
     * @param busyFraction the part of the time since the last sample in which a replica was busy, on average over the
     *     replicas; more than 1 if requests that wait are counted too
     * @return how many there should be, within the minimum and the maximum
     * @throws InvalidValueException if there is no replica, or the fraction is negative or no number
     */
    public int wanted(long nowNanos, int replicas, double busyFraction) {
        Bounds.inRange("replicas", replicas, 1, Integer.MAX_VALUE);
        Bounds.inRange("busy fraction", busyFraction, 0, Double.MAX_VALUE);
        int wanted = damped(nowNanos, replicas, proportional(replicas, busyFraction));
        if (wanted != replicas) {
            hasChanged = true;
            lastChange = nowNanos;
            isQuiet = false;
        }
        return wanted;
    }

    private int proportional(int replicas, double busyFraction) {
        double ratio = busyFraction / options.targetUtilisation();
        if (Math.abs(ratio - 1) <= options.tolerance()) {
            return replicas;
        }
        // A product that is whole but for rounding must not become one replica more.
        double exact = Math.ceil(replicas * ratio - 1e-9);
        return (int) Math.min(Integer.MAX_VALUE, exact);
    }

    private int damped(long now, int replicas, int proportional) {
        int wanted = clamp(proportional);
        if (clamp(replicas) != replicas) {
            // Outside of the bounds, as after a change of the options: nothing to wait for.
            return wanted;
        }
        if (wanted >= replicas) {
            isQuiet = false;
            boolean mayGrow = !hasChanged || now - lastChange >= upCoolDownNanos;
            return mayGrow ? wanted : replicas;
        }
        if (!isQuiet) {
            isQuiet = true;
            quietSince = now;
            mostWhileQuiet = wanted;
        }
        mostWhileQuiet = Math.max(mostWhileQuiet, wanted);
        return now - quietSince >= downCoolDownNanos ? mostWhileQuiet : replicas;
    }

    private int clamp(int replicas) {
        return Math.max(options.minimum(), Math.min(options.maximum(), replicas));
    }
}
