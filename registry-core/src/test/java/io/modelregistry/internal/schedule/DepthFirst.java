package io.modelregistry.internal.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Enumerates every interleaving up to a number of surprises, without repeating one. A surprise is a change of client
 * that was not forced, a fault, or the arrival of a copy. Without any the clients go one after the other.
 */
public final class DepthFirst implements Chooser {
    private final int most;
    private final List<Point> path = new ArrayList<>();
    private int depth;
    private boolean begun;

    /** An enumeration of the interleavings with at most so many surprises. */
    public DepthFirst(int most) {
        this.most = most;
    }

    private static final class Point {
        private final int options;
        private final int free;
        private final int spentBefore;
        private int taken;

        Point(int options, int free, int spentBefore) {
            this.options = options;
            this.free = free;
            this.spentBefore = spentBefore;
        }

        int spent() {
            return spentBefore + (taken < free ? 0 : 1);
        }
    }

    /** Whether there is another interleaving; makes it the next one. */
    public boolean advance() {
        if (!begun) {
            begun = true;
            return true;
        }
        while (!path.isEmpty()) {
            Point point = path.get(path.size() - 1);
            point.taken++;
            if (point.taken < point.options && point.spent() <= most) {
                return true;
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    @Override
    public void begin() {
        depth = 0;
    }

    @Override
    public int choose(List<Choice> enabled, int last) {
        if (depth == path.size()) {
            int spent = path.isEmpty() ? 0 : path.get(path.size() - 1).spent();
            path.add(new Point(enabled.size(), free(enabled, last), spent));
        }
        return path.get(depth++).taken;
    }

    /** How many of the first choices are no surprise. */
    private static int free(List<Choice> enabled, int last) {
        if (enabled.get(0).isStep() && enabled.get(0).index() == last) {
            return 1;
        }
        int steps = 0;
        while (steps < enabled.size() && enabled.get(steps).isStep()) {
            steps++;
        }
        return steps;
    }
}
