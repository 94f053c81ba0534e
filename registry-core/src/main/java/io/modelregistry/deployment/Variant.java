package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One side of a split.
 *
 * @param name what requests, metrics and rules call it: {@code primary}, {@code canary}, or a name of an A/B test
 * @param version what serves it
 * @param weight its share of the traffic, in {@link Traffic#WHOLE}ths
 */
public record Variant(String name, PinnedVersion version, int weight) {
    /** The variant that takes what the others leave, unless an A/B test names it otherwise. */
    public static final String PRIMARY = "primary";

    /** The variant that a rollout tries. */
    public static final String CANARY = "canary";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /**
     * Checks name and weight.
     *
     * @throws InvalidValueException if the weight is negative or more than the whole, or the name has other characters
     *     than letters, digits, {@code -}, {@code _} and {@code .}
     */
    public Variant {
        Objects.requireNonNull(version, "version");
        checkName(name);
        if (weight < 0 || weight > Traffic.WHOLE) {
            throw new InvalidValueException(
                    "weight of variant '" + name + "'",
                    Integer.toString(weight),
                    "it is not a share of the traffic",
                    "0 to " + Traffic.WHOLE);
        }
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "variant", name, "it is not a name", "1 to 63 letters, digits, '-', '_' or '.'");
        }
    }

    /** The same with another weight. */
    public Variant withWeight(int other) {
        return new Variant(name, version, other);
    }
}
