package io.modelregistry.inference.deployment;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Named variants with fixed shares of the traffic: an A/B test. Not thread-safe.
 *
 * <p>The first variant is the primary. The same key takes the same variant on every instance as long as the salt and
 * the shares stay.
 */
public final class Split {
    private final String salt;
    private final List<Side> sides = new ArrayList<>();

    /** One side as it was asked for. */
    record Side(String name, ModelRef reference, int weight) {}

    private Split(String salt) {
        this.salt = salt;
    }

    /**
     * A split without a side.
     *
     * @param salt what is hashed with the keys: another one picks other customers
     */
    public static Split salted(String salt) {
        return new Split(salt);
    }

    /**
     * Adds a variant.
     *
     * @param percent its share; all have to sum up to 100
     * @throws InvalidValueException if the reference is none or the share is out of range
     */
    public Split variant(String name, String reference, double percent) {
        sides.add(new Side(name, ModelRef.parse(reference), Shares.weight(percent)));
        return this;
    }

    String salt() {
        return salt;
    }

    List<Side> sides() {
        if (sides.isEmpty()) {
            throw new InvalidValueException("split", "[]", "it has no variant", "at least one");
        }
        return List.copyOf(sides);
    }
}
