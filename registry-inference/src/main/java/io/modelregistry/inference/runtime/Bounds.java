package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;

/** Checks the numbers of options. */
final class Bounds {
    /** Half of what a long can hold, so that the difference of two readings of a clock never overflows. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private Bounds() {}

    static int inRange(String thing, int value, int min, int max) {
        if (value < min || value > max) {
            throw new InvalidValueException(thing, Integer.toString(value), "it is out of range", min + " to " + max);
        }
        return value;
    }

    /** Written so that NaN fails too. */
    static double inRange(String thing, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new InvalidValueException(thing, Double.toString(value), "it is out of range", min + " to " + max);
        }
        return value;
    }

    /** A fraction of which zero would mean nothing. */
    static double fraction(String thing, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new InvalidValueException(
                    thing, Double.toString(value), "it is out of range", "more than 0, at most 1");
        }
        return value;
    }

    static long positiveNanos(String thing, Duration value) {
        long nanos = nanos(thing, value);
        if (nanos == 0) {
            throw new InvalidValueException(thing, value.toString(), "it is zero", "a time of more than zero");
        }
        return nanos;
    }

    static long nanos(String thing, Duration value) {
        if (value.isNegative()) {
            throw new InvalidValueException(thing, value.toString(), "it is negative", "a time of zero or more");
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : value.toNanos();
    }
}
