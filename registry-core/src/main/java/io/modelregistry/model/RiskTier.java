package io.modelregistry.model;

/**
 * How much harm a wrong prediction of a model can do; ordered from little to much. Policies demand more of higher
 * tiers.
 */
public enum RiskTier {
    /** A wrong prediction costs little and is noticed. */
    LOW,
    /** The tier of a model that was registered without one. */
    MEDIUM,
    /** A wrong prediction may harm people or break a law. */
    HIGH;

    /** Whether this tier is the other one or above it. */
    public boolean isAtLeast(RiskTier other) {
        return compareTo(other) >= 0;
    }

    /**
     * Reads a tier, whatever the case of its letters.
     *
     * @throws InvalidValueException if there is no such tier
     */
    public static RiskTier parse(String text) {
        String folded = Characters.fold(text);
        for (RiskTier tier : values()) {
            if (Characters.fold(tier.name()).equals(folded)) {
                return tier;
            }
        }
        throw new InvalidValueException("risk tier", text, "there is no such tier", "LOW, MEDIUM or HIGH");
    }
}
