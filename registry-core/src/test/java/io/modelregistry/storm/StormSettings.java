package io.modelregistry.storm;

/**
 * How long a storm blows and from which seed: {@code -Dstorm.full=true} for the full form, {@code -Dstorm.seed=N} for
 * another seed.
 */
public final class StormSettings {
    private static final long SEED = 20261121L;

    private StormSettings() {}

    /** Where all random choices of a storm come from. */
    public static long seed() {
        return Long.getLong("storm.seed", SEED);
    }

    /** How many rounds a storm has. */
    public static int rounds(int brief, int full) {
        return isFull() ? full : brief;
    }

    /** Whether the full form was asked for. */
    public static boolean isFull() {
        return Boolean.getBoolean("storm.full");
    }
}
