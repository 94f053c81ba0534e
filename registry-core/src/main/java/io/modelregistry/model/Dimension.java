package io.modelregistry.model;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a {@link Shape}: a fixed size, or a dynamic one that may have a symbolic name such as {@code batch}.
 *
 * @param size the number of elements, or {@link #DYNAMIC}
 * @param symbol the name of a dynamic dimension; null when it has none
 */
public record Dimension(long size, @Nullable String symbol) {
    /** The size of a dimension that is only known when a tensor is there. */
    public static final long DYNAMIC = -1;

    private static final int MAX_SYMBOL = 256;

    /**
     * Checks the size and the symbol.
     *
     * @throws InvalidValueException if the size is below -1, a fixed dimension has a symbol, or the symbol holds a
     *     control character, a blank at its ends, a comma or a bracket, or reads like a number
     */
    public Dimension {
        if (size < DYNAMIC) {
            throw new InvalidValueException(
                    "dimension", Long.toString(size), "it is negative", "a size or -1 for dynamic");
        }
        if (symbol != null) {
            if (size != DYNAMIC) {
                throw new InvalidValueException("dimension", symbol, "its size is fixed", "no symbol, or the size -1");
            }
            if (!isSymbol(symbol)) {
                throw new InvalidValueException(
                        "dimension symbol",
                        symbol,
                        "it cannot be told from the rest of a shape",
                        "1 to 256 printable characters other than , [ ] that are not a number");
            }
        }
    }

    /**
     * A dimension of this size; -1 is dynamic.
     *
     * @throws InvalidValueException if the size is below -1
     */
    public static Dimension of(long size) {
        return new Dimension(size, null);
    }

    /**
     * A dynamic dimension with a symbolic name.
     *
     * @throws InvalidValueException if the text cannot be a symbol, see {@link #isSymbol}
     */
    public static Dimension dynamic(String symbol) {
        return new Dimension(DYNAMIC, Objects.requireNonNull(symbol, "symbol"));
    }

    /**
     * Reads a size, {@code -1}, or a symbol.
     *
     * @throws InvalidValueException if the text is none of these
     */
    public static Dimension parse(String text) {
        if (!isNumber(text)) {
            return dynamic(text);
        }
        try {
            return of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new InvalidValueException("dimension", text, "it is too large", "a size of at most 2^63-1");
        }
    }

    /** Whether this text can be the symbol of a dynamic dimension. */
    public static boolean isSymbol(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_SYMBOL
                && text.equals(text.strip())
                && !isNumber(text)
                && !text.equals(Shape.UNKNOWN_RANK_MARK)
                && text.chars().noneMatch(c -> c == ',' || c == '[' || c == ']' || Character.isISOControl(c));
    }

    /** Whether the size is only known when a tensor is there. */
    public boolean isDynamic() {
        return size == DYNAMIC;
    }

    /** The symbolic name of a dynamic dimension, if it has one. */
    public Optional<String> findSymbol() {
        return Optional.ofNullable(symbol);
    }

    /** Whether a tensor may have this many elements here. */
    public boolean accepts(long actual) {
        return isDynamic() ? actual >= 0 : actual == size;
    }

    private static boolean isNumber(String text) {
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        return text.length() > start && text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
    }

    /** The size, the symbol, or {@code -1}. */
    @Override
    public String toString() {
        return symbol != null ? symbol : Long.toString(size);
    }
}
