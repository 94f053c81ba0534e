package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;

/** Where an adaptive limit starts, and between what it stays. */
record LimitRange(int initial, int minimum, int maximum) {
    /** In place of an initial limit: the number of processors, as far as it is in the range. */
    static final int BY_PROCESSORS = 0;

    LimitRange {
        Bounds.inRange("minimum limit", minimum, 1, ConcurrencyLimit.MAX_PERMITS);
        Bounds.inRange("maximum limit", maximum, 1, ConcurrencyLimit.MAX_PERMITS);
        if (minimum > maximum) {
            throw new InvalidValueException(
                    "minimum limit", Integer.toString(minimum), "it is above the maximum limit", "at most " + maximum);
        }
        initial = initial == BY_PROCESSORS
                ? Math.max(minimum, Math.min(maximum, Runtime.getRuntime().availableProcessors()))
                : Bounds.inRange("initial limit", initial, minimum, maximum);
    }

    /** The default of adaptive limits. */
    static LimitRange defaults() {
        return new LimitRange(BY_PROCESSORS, 1, 200);
    }

    double clamp(double limit) {
        return Math.max(minimum, Math.min(maximum, limit));
    }

    @Override
    public String toString() {
        return initial + " in " + minimum + ".." + maximum;
    }
}
