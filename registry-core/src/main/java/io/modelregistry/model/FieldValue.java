package io.modelregistry.model;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A typed value of a hyperparameter or a custom field. */
public sealed interface FieldValue {
    /** A text. */
    static FieldValue of(String text) {
        return new Text(text);
    }

    /** A whole number. */
    static FieldValue of(long number) {
        return new Numeric(BigDecimal.valueOf(number));
    }

    /**
     * A decimal number.
     *
     * @throws InvalidValueException if it is not finite
     */
    static FieldValue of(double number) {
        if (!Double.isFinite(number)) {
            throw new InvalidValueException(
                    "field value", Double.toString(number), "it is not finite", "a finite number");
        }
        return new Numeric(BigDecimal.valueOf(number));
    }

    /** An instant. */
    static FieldValue of(Instant instant) {
        return new Moment(instant);
    }

    /** A list of texts. */
    static FieldValue of(List<String> texts) {
        return new Texts(texts);
    }

    /** A text. */
    record Text(String value) implements FieldValue {
        /** Checks for null. */
        public Text {
            Objects.requireNonNull(value, "value");
        }
    }

    /** A number of any size; 1.0 and 1.00 are equal. */
    record Numeric(BigDecimal value) implements FieldValue {
        private static final int MAX_DIGITS = 100;

        /** Strips trailing zeros, so that equality is numeric, and bounds the size of what will be written. */
        public Numeric {
            value = value.stripTrailingZeros();
            if (value.precision() > MAX_DIGITS || Math.abs(value.scale()) > 400) {
                throw new InvalidValueException(
                        "number",
                        "of " + value.precision() + " digits",
                        "it is too long",
                        "at most " + MAX_DIGITS + " digits");
            }
        }
    }

    /** Yes or no. */
    record Flag(boolean value) implements FieldValue {}

    /** An instant. */
    record Moment(Instant value) implements FieldValue {
        /** Checks for null. */
        public Moment {
            Objects.requireNonNull(value, "value");
        }
    }

    /** A list of texts. */
    record Texts(List<String> value) implements FieldValue {
        /** Copies the list. */
        public Texts {
            value = List.copyOf(value);
        }
    }
}
