package io.modelregistry.registry;

import java.util.Objects;

/**
 * A metric and which way it is better.
 *
 * @param name the metric's name
 * @param direction which way is better
 */
public record Metric(String name, Direction direction) {
    /** Checks for nulls. */
    public Metric {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(direction, "direction");
    }

    /** The largest value is the best. */
    public static Metric highest(String name) {
        return new Metric(name, Direction.HIGHER_IS_BETTER);
    }

    /** The smallest value is the best. */
    public static Metric lowest(String name) {
        return new Metric(name, Direction.LOWER_IS_BETTER);
    }

    /** Which way a metric is better. */
    public enum Direction {
        /** Such as accuracy. */
        HIGHER_IS_BETTER,
        /** Such as loss. */
        LOWER_IS_BETTER
    }
}
