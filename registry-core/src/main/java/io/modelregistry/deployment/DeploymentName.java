package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.util.Objects;

/**
 * The name under which a host predicts: 1 to {@value #MAX_LENGTH} lower-case letters, digits, {@code -}, {@code _} or
 * {@code .}, starting with a letter or digit and not ending with a dot.
 *
 * @param value the text
 */
public record DeploymentName(String value) implements Comparable<DeploymentName> {
    /** The most characters of a name. */
    public static final int MAX_LENGTH = 63;

    /**
     * Checks the rules.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public DeploymentName {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty()) {
            throw refused(value, "it is empty");
        }
        if (value.length() > MAX_LENGTH) {
            throw refused(value, "it has " + value.length() + " characters, at most " + MAX_LENGTH);
        }
        if (!isAlphanumeric(value.charAt(0))) {
            throw refused(value, "it does not start with a letter or digit");
        }
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isAlphanumeric(c) && c != '-' && c != '_' && c != '.') {
                throw refused(value, "character " + (i + 1) + " is not allowed");
            }
        }
        if (value.endsWith(".")) {
            throw refused(value, "it ends with a dot");
        }
    }

    /**
     * The name of a text.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public static DeploymentName parse(String text) {
        return new DeploymentName(text);
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static InvalidValueException refused(String value, String why) {
        return new InvalidValueException(
                "deployment name", value, why, "lower-case letters, digits, '-', '_' or '.', such as 'churn'");
    }

    @Override
    public int compareTo(DeploymentName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
