package io.modelregistry.inference.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Learns, for each level of concurrency, whether synchronous requests spend less time in the system when they are
 * queued for batches or when each caller computes its own.
 *
 * <p>A level is a power of two of requests inside at once. A comparison measures the better way for a while, then the
 * other one: the mean time that a request spends inside is the time integral of the number inside, divided by how many
 * left (Little's law). Sums over all requests, not samples of single ones, because a few that were interrupted by the
 * scheduler hold most of the time. Both ways are measured one right after the other, because what else runs on the
 * machine changes more between two comparisons than the ways differ.
 *
 * <p>Between comparisons requests are not measured. The other way gets some 1 % of the time of a level, less where one
 * way has been clearly better several times in a row, more for the first few comparisons. A request that is alone has
 * nobody to share a batch with: it goes directly, and starts none.
 */
final class PathChoice {
    private static final int LEVELS = 24;
    /** A few turns of the scheduler among several busy threads. */
    private static final long MIN_NANOS = 40_000_000;

    private static final int MIN_DONE = 32;
    private static final int DONE_PER_CALLER = 8;
    private static final int FIRST_COMPARISONS = 4;
    private static final int FIRST_GAP = 4;
    private static final int GAP = 100;
    private static final int MAX_LONGER = 3;
    private static final double LATEST = 0.4;
    private static final double CLEAR = 0.2;

    /** One of so many requests may still be on the old way when the other is measured. */
    private static final int STRAGGLERS = 16;

    private static final int MAX_CHANGE = 10;

    /** A comparison that takes longer was cut in two by a time without requests, and tells nothing. */
    private static final long MAX_NANOS = 10_000_000_000L;

    private static final Phase RESTING = new Phase(Step.REST, false, 0);

    private final AtomicInteger insideDirect = new AtomicInteger();
    private final AtomicInteger insideQueued = new AtomicInteger();
    private final Level[] levels = new Level[LEVELS];
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Phase phase = RESTING;

    // What the comparison under way has found so far; whoever has the turn.
    private volatile long usedNanos;
    private double usedTime;
    private double usedInside;
    private long changedAt;
    private Level startedBy;

    PathChoice(long now) {
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = new Level(now);
        }
        startedBy = levels[0];
    }

    /** What is being done about a comparison. */
    private enum Step {
        REST,
        /** The way that is used anyway is measured. */
        MEASURE_USED,
        /** The other way is used, until the requests that began before have left. */
        CHANGE,
        /** The other way is measured. */
        MEASURE_OTHER
    }

    /** What is known about a level of concurrency. */
    private static final class Level {
        volatile boolean direct;
        volatile long due;
        int comparisons;
        int confirmed;

        /** The logarithm of how many times as long a direct request takes. */
        double advantage;

        Level(long due) {
            this.due = due;
        }
    }

    /** One step of a comparison, with its sums. Times are relative to its begin. */
    private static final class Phase {
        final Step step;
        final boolean direct;
        final long begun;
        final AtomicInteger arrived = new AtomicInteger();
        final AtomicLong insideAtArrivals = new AtomicLong();
        final AtomicInteger done = new AtomicInteger();
        final AtomicLong area = new AtomicLong();

        Phase(Step step, boolean direct, long begun) {
            this.step = step;
            this.direct = direct;
            this.begun = begun;
        }

        double meanInside() {
            return insideAtArrivals.get() / (double) Math.max(1, arrived.get());
        }

        double timePerRequest(long now, int stillInside) {
            return (area.get() + stillInside * (double) (now - begun)) / Math.max(1, done.get());
        }
    }

    /** Counts a request in, and says whether it is computed directly. Each call needs one {@link #left}. */
    boolean arrived(long now) {
        int number = insideDirect.get() + insideQueued.get() + 1;
        boolean direct = choose(number, now);
        (direct ? insideDirect : insideQueued).incrementAndGet();
        Phase current = phase;
        if (current.step != Step.REST) {
            current.arrived.incrementAndGet();
            current.insideAtArrivals.addAndGet(number);
            current.area.addAndGet(current.begun - now);
        }
        return direct;
    }

    private boolean choose(int number, long now) {
        Phase current = phase;
        if (current.step != Step.REST) {
            return current.direct;
        }
        if (number == 1) {
            return true;
        }
        Level level = level(number);
        if (now - level.due >= 0 && turn.tryLock()) {
            try {
                if (phase.step == Step.REST) {
                    startedBy = level;
                    phase = new Phase(Step.MEASURE_USED, level.direct, now);
                }
            } finally {
                turn.unlock();
            }
        }
        return level.direct;
    }

    private Level level(double inside) {
        int number = (int) Math.round(Math.max(1, inside));
        return levels[Math.min(LEVELS - 1, 32 - Integer.numberOfLeadingZeros(number - 1))];
    }

    /** Counts a request out that was computed directly, or was not. */
    void left(boolean direct, long now) {
        (direct ? insideDirect : insideQueued).decrementAndGet();
        Phase current = phase;
        if (current.step == Step.REST) {
            return;
        }
        current.area.addAndGet(now - current.begun);
        int done = current.done.incrementAndGet();
        if (isOver(current, done, now) && turn.tryLock()) {
            try {
                if (phase == current) {
                    advance(current, now);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private boolean isOver(Phase current, int done, long now) {
        double callers = current.meanInside();
        if (current.step == Step.CHANGE) {
            int stragglers = (current.direct ? insideQueued : insideDirect).get();
            return stragglers <= callers / STRAGGLERS || now - current.begun > MAX_CHANGE * usedNanos;
        }
        return done >= Math.max(MIN_DONE, DONE_PER_CALLER * callers) && now - current.begun >= MIN_NANOS;
    }

    private void advance(Phase current, long now) {
        int stillInside = insideDirect.get() + insideQueued.get();
        switch (current.step) {
            case MEASURE_USED -> {
                usedNanos = Math.min(now - current.begun, MAX_NANOS / MAX_CHANGE);
                usedTime = current.timePerRequest(now, stillInside);
                usedInside = current.meanInside();
                changedAt = now;
                phase = new Phase(Step.CHANGE, !current.direct, now);
            }
            case CHANGE -> phase = new Phase(Step.MEASURE_OTHER, current.direct, now);
            case MEASURE_OTHER -> {
                compared(current, now, current.timePerRequest(now, stillInside));
                phase = RESTING;
            }
            case REST -> throw new IllegalStateException("Nothing is measured");
        }
    }

    private void compared(Phase other, long now, double otherTime) {
        Level level = level(usedInside);
        boolean isInTime = now - changedAt <= MAX_NANOS;
        long cost = Math.min(now - changedAt, MAX_NANOS / MAX_CHANGE);
        double change = other.meanInside() / usedInside;
        int gap = FIRST_GAP;
        if (isInTime && change > 0.5 && change < 2 && otherTime > 0 && usedTime > 0) {
            double ratio = Math.log(other.direct ? otherTime / usedTime : usedTime / otherTime);
            gap = learn(level, Math.max(-1, Math.min(1, ratio)));
        }
        // What started it may be a level that was met in passing.
        startedBy.due = now + GAP * cost;
        level.due = now + gap * cost;
    }

    /** Takes one comparison in, and says after how many times its duration the next one is due. */
    private int learn(Level level, double ratio) {
        boolean before = level.direct;
        level.advantage = level.comparisons == 0 ? ratio : level.advantage + LATEST * (ratio - level.advantage);
        level.comparisons++;
        level.direct = level.advantage <= 0;
        for (Level unknown : levels) {
            if (unknown.comparisons == 0) {
                unknown.direct = level.direct;
            }
        }
        if (level.direct != before || (ratio <= 0) != before) {
            level.confirmed = 0;
            return level.comparisons <= FIRST_COMPARISONS ? FIRST_GAP : GAP;
        }
        if (level.comparisons <= FIRST_COMPARISONS) {
            return FIRST_GAP;
        }
        if (Math.abs(level.advantage) > CLEAR) {
            level.confirmed = Math.min(MAX_LONGER, level.confirmed + 1);
        }
        return GAP << level.confirmed;
    }
}
