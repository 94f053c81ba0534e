package io.modelregistry.model;

/**
 * One comparator of a range, such as {@code ^1.2}, and what it means to npm.
 *
 * <p>An upper bound that is not written out ends before the first pre-release of the next number ({@code <2.0.0-0}), so
 * that {@code ^1.2} does not hold {@code 2.0.0-rc.1}.
 */
record RangeComparator(Operator operator, PartialVersion version) {
    private static final ModelVersion ZERO = ModelVersion.of(0, 0, 0);

    /** What stands in front of a version. */
    enum Operator {
        NONE,
        EQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST,
        TILDE,
        CARET;

        /** Whether npm takes any prefix before the version, and open numbers anywhere in it. */
        boolean isLenient() {
            return this == TILDE || this == CARET;
        }
    }

    /** Whether it can stand on a side of a hyphen; npm takes the equals sign before a partial version only. */
    boolean isHyphenEnd() {
        return operator == Operator.NONE || (operator == Operator.EQUAL && !version.isFull());
    }

    RangeComparator as(Operator other) {
        return new RangeComparator(other, version);
    }

    /** The versions of the interval that satisfy this comparator too. */
    Interval narrow(Interval interval) {
        if (version.isAny()) {
            boolean nothing = operator == Operator.LESS || operator == Operator.GREATER;
            return nothing ? interval.below(Interval.SMALLEST) : interval;
        }
        return switch (operator) {
            case NONE, EQUAL ->
                version.isFull()
                        ? interval.from(version.first()).upTo(version.first())
                        : atLeast(interval, version.first()).below(before(version.end()));
            case LESS -> interval.below(version.isFull() ? version.first() : before(version.first()));
            case AT_MOST -> version.isFull() ? interval.upTo(version.first()) : interval.below(before(version.end()));
            case GREATER -> version.isFull() ? interval.after(version.first()) : interval.from(version.end());
            case AT_LEAST -> atLeast(interval, version.first());
            case TILDE -> atLeast(interval, version.first()).below(before(version.end()));
            case CARET -> atLeast(interval, version.first()).below(before(version.compatibleEnd()));
        };
    }

    /** npm drops {@code >=0.0.0}, which matters to pre-releases of 0.0.0 that another comparator names. */
    private static Interval atLeast(Interval interval, ModelVersion bound) {
        return bound.equals(ZERO) ? interval : interval.from(bound);
    }

    private static ModelVersion before(ModelVersion release) {
        return release.smallestPreRelease();
    }
}
