package io.modelregistry.internal.schedule;

import java.util.List;
import java.util.Random;

/**
 * Chooses at random, with another inclination in each interleaving: how often it changes the client, and how often it
 * lets a fault happen.
 */
public final class RandomWalk implements Chooser {
    private final long seed;
    private long count;
    private Random random = new Random(0);
    private double stay;
    private double fault;

    /** A walk; the same seed makes the same walks in the same order. */
    public RandomWalk(long seed) {
        this.seed = seed;
    }

    @Override
    public void begin() {
        random = new Random((seed * 0x9E3779B97F4A7C15L) ^ (count++ * 0xC2B2AE3D27D4EB4FL));
        random.nextInt();
        stay = random.nextInt(4) * 0.25;
        fault = 0.02 + random.nextInt(4) * 0.06;
    }

    @Override
    public int choose(List<Choice> enabled, int last) {
        int steps = 0;
        while (steps < enabled.size() && enabled.get(steps).isStep()) {
            steps++;
        }
        int others = enabled.size() - steps;
        if (others > 0 && (steps == 0 || random.nextDouble() < fault)) {
            return steps + random.nextInt(others);
        }
        boolean canStay = enabled.get(0).index() == last;
        return canStay && random.nextDouble() < stay ? 0 : random.nextInt(steps);
    }
}
