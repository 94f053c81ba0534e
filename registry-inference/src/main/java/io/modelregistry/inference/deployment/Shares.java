package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.Traffic;
import io.modelregistry.model.InvalidValueException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Percents of the traffic as weights, and back. */
final class Shares {
    private static final int PER_PERCENT = Traffic.WHOLE / 100;

    private Shares() {}

    /** The weight of a percentage, to a thousandth of a percent. */
    static int weight(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new InvalidValueException("weight", percent + " %", "it is out of range", "0 to 100 percent");
        }
        return BigDecimal.valueOf(percent)
                .multiply(BigDecimal.valueOf(PER_PERCENT))
                .setScale(0, RoundingMode.HALF_UP)
                .intValue();
    }

    /** A weight as a percentage, such as {@code 12.5}. */
    static String percent(int weight) {
        return BigDecimal.valueOf(weight)
                .divide(BigDecimal.valueOf(PER_PERCENT), 3, RoundingMode.UNNECESSARY)
                .stripTrailingZeros()
                .toPlainString();
    }
}
