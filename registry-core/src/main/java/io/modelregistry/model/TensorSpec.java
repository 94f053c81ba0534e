package io.modelregistry.model;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model says about one input or output, such as {@code input FP32[batch,64]}.
 *
 * @param name the name that the model knows it by
 * @param structure a plain tensor, or how several are put together
 * @param type the type of the elements; of the values where the structure is a map
 * @param shape the dimensions; {@link Shape#UNKNOWN_RANK} where the structure is not a plain tensor
 * @param finite whether NaN and infinite elements are refused; only for floating-point types
 */
public record TensorSpec(String name, ValueStructure structure, DataType type, Shape shape, boolean finite) {
    private static final int MAX_NAME = 512;
    private static final String FINITE = " finite";
    private static final Pattern TEXT =
            Pattern.compile("(?<name>.+) (?<type>[A-Z]+[0-9]*)(?<shape>\\[[^\\[\\]]*])(?<finite>" + FINITE + ")?");

    /**
     * Checks the rules of this type.
     *
     * @throws InvalidValueException if the name is empty, longer than 512 characters or holds a control character, if
     *     {@code finite} is asked of a type that cannot be anything else, or if something other than a tensor has a
     *     shape
     */
    public TensorSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(structure, "structure");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(shape, "shape");
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(
                    "tensor name",
                    name,
                    "it is empty, too long or holds a control character",
                    "1 to 512 printable characters");
        }
        if (finite && !type.isFloatingPoint()) {
            throw new InvalidValueException(
                    "tensor",
                    name,
                    "elements of type " + type + " are always finite",
                    "a floating-point type or no 'finite'");
        }
        if (structure != ValueStructure.TENSOR && shape.isRankKnown()) {
            throw new InvalidValueException("tensor", name, "a " + structure + " has no shape", "the shape [...]");
        }
    }

    /** A plain tensor of this shape. */
    public static TensorSpec of(String name, DataType type, Shape shape) {
        return new TensorSpec(name, ValueStructure.TENSOR, type, shape, false);
    }

    /** A plain tensor with these sizes; -1 is dynamic. */
    public static TensorSpec of(String name, DataType type, long... sizes) {
        return of(name, type, Shape.of(sizes));
    }

    /** An output that is a list or a map of tensors with elements of this type. */
    public static TensorSpec of(String name, ValueStructure structure, DataType type) {
        return new TensorSpec(name, structure, type, Shape.UNKNOWN_RANK, false);
    }

    /**
     * Reads a plain tensor as {@link #toString} writes it, such as {@code input FP32[batch,64] finite}.
     *
     * @throws InvalidValueException if the text is not a tensor specification
     */
    public static TensorSpec parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(
                    "tensor", text, "it is not a tensor", "a text such as input FP32[batch,64]");
        }
        String type = matcher.group("type");
        DataType known = List.of(DataType.values()).stream()
                .filter(candidate -> candidate.name().equals(type))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(
                        "tensor", text, "there is no data type " + type, "one of " + List.of(DataType.values())));
        Shape shape = Shape.parse(matcher.group("shape"));
        return new TensorSpec(
                matcher.group("name"), ValueStructure.TENSOR, known, shape, matcher.group("finite") != null);
    }

    /**
     * The same, but with NaN and infinite elements refused.
     *
     * @throws InvalidValueException if the type is not a floating-point type
     */
    public TensorSpec onlyFinite() {
        return new TensorSpec(name, structure, type, shape, true);
    }

    /** The same with another shape. */
    public TensorSpec withShape(Shape other) {
        return new TensorSpec(name, structure, type, other, finite);
    }

    /** Whether this is one tensor rather than a list or a map. */
    public boolean isTensor() {
        return structure == ValueStructure.TENSOR;
    }

    /** Name, type and shape: {@code input FP32[batch,64]}, or {@code output seq(map(INT64,FP32))}. */
    @Override
    public String toString() {
        return name + " " + typeText() + (finite ? FINITE : "");
    }

    private String typeText() {
        return switch (structure) {
            case TENSOR -> type + shape.toString();
            case SEQUENCE -> "seq(" + type + ")";
            case INTEGER_MAP -> "map(INT64," + type + ")";
            case STRING_MAP -> "map(BYTES," + type + ")";
            case SEQUENCE_OF_INTEGER_MAPS -> "seq(map(INT64," + type + "))";
            case SEQUENCE_OF_STRING_MAPS -> "seq(map(BYTES," + type + "))";
        };
    }
}
