package io.modelregistry.inference.runtime;

import org.jspecify.annotations.Nullable;

/** Who waits, by priority and then in the order in which they came. Guarded by the lock of its user. */
final class WaitingLine {
    private static final int LEVELS = 3;

    private final @Nullable Waiter[] heads = new Waiter[LEVELS];
    private final @Nullable Waiter[] tails = new Waiter[LEVELS];

    void add(Waiter waiter) {
        int level = level(waiter);
        Waiter last = tails[level];
        waiter.before = last;
        if (last == null) {
            heads[level] = waiter;
        } else {
            last.after = waiter;
        }
        tails[level] = waiter;
    }

    /** The one whose turn it is; null if nobody waits. */
    @Nullable
    Waiter first() {
        for (Waiter head : heads) {
            if (head != null) {
                return head;
            }
        }
        return null;
    }

    /** Takes out one that is in the line, wherever it stands. */
    void remove(Waiter waiter) {
        int level = level(waiter);
        Waiter before = waiter.before;
        Waiter after = waiter.after;
        if (before == null) {
            heads[level] = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            tails[level] = before;
        } else {
            after.before = before;
        }
        waiter.before = null;
        waiter.after = null;
    }

    private static int level(Waiter waiter) {
        return switch (waiter.context().priority()) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW -> 2;
        };
    }
}
