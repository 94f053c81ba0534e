package io.modelregistry.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions that a model demands of a tensor, such as {@code [batch,64]}; immutable.
 *
 * <p>{@code []} is a scalar; {@code [...]} is {@link #UNKNOWN_RANK}, which accepts a tensor of any shape.
 */
public final class Shape {
    /** A single element without dimensions. */
    public static final Shape SCALAR = new Shape(List.of());

    /** Any number of dimensions of any size. */
    public static final Shape UNKNOWN_RANK = new Shape(null);

    static final String UNKNOWN_RANK_MARK = "...";
    private static final int MAX_RANK = 64;

    private final @Nullable List<Dimension> dimensions;
    private final long[] sizes;

    private Shape(@Nullable List<Dimension> dimensions) {
        this.dimensions = dimensions;
        this.sizes = dimensions == null
                ? new long[0]
                : dimensions.stream().mapToLong(Dimension::size).toArray();
    }

    /**
     * The shape with these sizes; -1 is dynamic.
     *
     * @throws InvalidValueException if a size is below -1 or there are more than 64
     */
    public static Shape of(long... sizes) {
        return of(Arrays.stream(sizes).mapToObj(Dimension::of).toList());
    }

    /**
     * The shape with these dimensions.
     *
     * @throws InvalidValueException if there are more than 64
     */
    public static Shape of(List<Dimension> dimensions) {
        if (dimensions.size() > MAX_RANK) {
            throw new InvalidValueException(
                    "shape",
                    dimensions.toString(),
                    "it has " + dimensions.size() + " dimensions",
                    "at most " + MAX_RANK);
        }
        return dimensions.isEmpty() ? SCALAR : new Shape(List.copyOf(dimensions));
    }

    /**
     * Reads what {@link #toString} writes, such as {@code [batch,64]}, {@code [-1,64]}, {@code []} or {@code [...]}.
     *
     * @throws InvalidValueException if the text is not a shape
     */
    public static Shape parse(String text) {
        if (text.length() < 2 || text.charAt(0) != '[' || text.charAt(text.length() - 1) != ']') {
            throw new InvalidValueException("shape", text, "it is not in brackets", "dimensions such as [batch,64]");
        }
        String inner = text.substring(1, text.length() - 1);
        if (inner.equals(UNKNOWN_RANK_MARK)) {
            return UNKNOWN_RANK;
        }
        if (inner.isBlank()) {
            return SCALAR;
        }
        List<Dimension> dimensions = new ArrayList<>();
        for (String part : inner.split(",", -1)) {
            dimensions.add(Dimension.parse(part.strip()));
        }
        return of(dimensions);
    }

    /** Whether the number of dimensions is known: false for {@link #UNKNOWN_RANK} only. */
    public boolean isRankKnown() {
        return dimensions != null;
    }

    /** The number of dimensions; 0 if it is unknown. */
    public int rank() {
        return sizes.length;
    }

    /** The dimensions in order; empty if their number is unknown. */
    public List<Dimension> dimensions() {
        return dimensions == null ? List.of() : dimensions;
    }

    /**
     * The size of one dimension, or {@link Dimension#DYNAMIC}.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long size(int dimension) {
        return sizes[Objects.checkIndex(dimension, sizes.length)];
    }

    /** The sizes in a new array; dynamic ones are -1. */
    public long[] sizes() {
        return sizes.clone();
    }

    /** Whether every dimension has a fixed size. */
    public boolean isStatic() {
        return isRankKnown() && Arrays.stream(sizes).noneMatch(size -> size == Dimension.DYNAMIC);
    }

    /** Whether only the first dimension is dynamic: the shape of a model that takes a batch of equal rows. */
    public boolean isDynamicInFirstOnly() {
        return sizes.length > 0
                && sizes[0] == Dimension.DYNAMIC
                && Arrays.stream(sizes).skip(1).noneMatch(size -> size == Dimension.DYNAMIC);
    }

    /** Whether a tensor of these sizes has this shape. */
    public boolean accepts(long[] actual) {
        if (dimensions == null) {
            return true;
        }
        if (actual.length != sizes.length) {
            return false;
        }
        for (int i = 0; i < sizes.length; i++) {
            if (actual[i] < 0 || (sizes[i] != Dimension.DYNAMIC && sizes[i] != actual[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * The shape that accepts exactly what both accept; empty if the two contradict each other.
     *
     * <p>Where both are dynamic this shape's symbol wins over the other's.
     */
    public Optional<Shape> intersect(Shape other) {
        if (!isRankKnown()) {
            return Optional.of(other);
        }
        if (!other.isRankKnown()) {
            return Optional.of(this);
        }
        if (rank() != other.rank()) {
            return Optional.empty();
        }
        List<Dimension> merged = new ArrayList<>(rank());
        for (int i = 0; i < rank(); i++) {
            Dimension mine = dimensions().get(i);
            Dimension theirs = other.dimensions().get(i);
            if (!mine.isDynamic() && !theirs.isDynamic() && mine.size() != theirs.size()) {
                return Optional.empty();
            }
            boolean keepMine = !mine.isDynamic() || (theirs.isDynamic() && mine.symbol() != null);
            merged.add(keepMine ? mine : theirs);
        }
        return Optional.of(of(merged));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Shape shape && Objects.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(dimensions);
    }

    /** The dimensions in brackets, such as {@code [batch,64]}; {@link #parse} reads it back. */
    @Override
    public String toString() {
        if (dimensions == null) {
            return "[" + UNKNOWN_RANK_MARK + "]";
        }
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < dimensions.size(); i++) {
            out.append(i == 0 ? "" : ",").append(dimensions.get(i));
        }
        return out.append(']').toString();
    }
}
