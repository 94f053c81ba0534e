package io.modelregistry.internal.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Lets the client of the highest priority go until it reaches one of a few points drawn before, where it falls to the
 * lowest, and lets faults happen at a few other such points: finds what needs few changes of client at the right
 * places. After "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (PCT, ASPLOS 2010).
 */
public final class PriorityWalk implements Chooser {
    private static final int LENGTH = 48;
    private static final int CLIENTS = 8;

    private final long seed;
    private long count;
    private Random random = new Random(0);
    private final List<Integer> order = new ArrayList<>();
    private final Set<Integer> changes = new HashSet<>();
    private final Set<Integer> faults = new HashSet<>();
    private int step;

    /** A walk; the same seed makes the same walks in the same order. */
    public PriorityWalk(long seed) {
        this.seed = seed;
    }

    @Override
    public void begin() {
        random = new Random((seed * 0xD6E8FEB86659FD93L) ^ (count++ * 0xA0761D6478BD642FL));
        random.nextInt();
        order.clear();
        for (int client = 0; client < CLIENTS; client++) {
            order.add(client);
        }
        Collections.shuffle(order, random);
        draw(changes, 1 + random.nextInt(4));
        draw(faults, random.nextInt(4));
        step = 0;
    }

    private void draw(Set<Integer> points, int number) {
        points.clear();
        for (int i = 0; i < number; i++) {
            points.add(random.nextInt(LENGTH));
        }
    }

    @Override
    public int choose(List<Choice> enabled, int last) {
        int now = step++;
        int steps = 0;
        while (steps < enabled.size() && enabled.get(steps).isStep()) {
            steps++;
        }
        if (enabled.size() > steps && (steps == 0 || faults.contains(now))) {
            return steps + random.nextInt(enabled.size() - steps);
        }
        int best = highest(enabled, steps);
        if (changes.contains(now)) {
            Integer fallen = enabled.get(best).index();
            order.remove(fallen);
            order.add(fallen);
            best = highest(enabled, steps);
        }
        return best;
    }

    private int highest(List<Choice> enabled, int steps) {
        int best = 0;
        for (int i = 1; i < steps; i++) {
            if (order.indexOf(enabled.get(i).index())
                    < order.indexOf(enabled.get(best).index())) {
                best = i;
            }
        }
        return best;
    }
}
