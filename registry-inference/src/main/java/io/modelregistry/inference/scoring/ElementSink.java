package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Tensor;
import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the elements of a tensor from their texts. Numbers are read as Java reads them, which is the nearest value
 * of the type; floating-point types take {@code NaN}, {@code Infinity} and {@code -Infinity} as well.
 */
final class ElementSink {
    private final DataType type;
    private final List<String> texts = new ArrayList<>();
    private ByteBuffer bytes;

    ElementSink(DataType type, int expected) {
        this.type = type;
        this.bytes =
                ByteBuffer.allocate(Math.max(8, type.byteSize() * expected)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What {@link #add} takes, for messages. */
    static String expected(DataType type) {
        if (type == DataType.BYTES) {
            return "a text";
        }
        return (type.isFloatingPoint()
                        ? "a number of type "
                        : type.isInteger() ? "an integer of type " : "true or false of type ")
                + type;
    }

    /**
     * Adds an element.
     *
     * @throws IllegalArgumentException if the text is no element of the type
     */
    void add(String text) {
        if (type == DataType.BYTES) {
            texts.add(text);
        } else {
            if (bytes.remaining() < type.byteSize()) {
                bytes = ByteBuffer.allocate(Math.multiplyExact(2, bytes.capacity()))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(bytes.flip());
            }
            try {
                put(text);
            } catch (InvalidValueException e) {
                throw new IllegalArgumentException(text, e);
            }
        }
    }

    private void put(String text) {
        switch (type) {
            case BOOL -> bytes.put((byte) (truth(text) ? 1 : 0));
            case FP32 -> bytes.putFloat(Float.parseFloat(number(text)));
            case FP64 -> bytes.putDouble(Double.parseDouble(number(text)));
            case FP16, BF16 ->
                bytes.put(Tensor.of(type, Float.parseFloat(number(text))).data());
            case UINT64 -> bytes.putLong(Long.parseUnsignedLong(text));
            case INT64 -> bytes.putLong(Long.parseLong(text));
            case UINT8, UINT16, UINT32, INT8, INT16, INT32 ->
                bytes.put(Tensor.of(type, Long.parseLong(text)).data());
            case BYTES -> throw new IllegalStateException("Texts are kept apart");
        }
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true", "True", "TRUE", "1" -> true;
            case "false", "False", "FALSE", "0" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    /** Refuses what Java reads beyond decimal numbers: a type letter, hexadecimal digits, spaces. */
    private static String number(String text) {
        boolean isDecimal =
                !text.isEmpty() && text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0);
        if (!isDecimal && !text.equals("NaN") && !text.equals("Infinity") && !text.equals("-Infinity")) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    /**
     * The tensor of all elements.
     *
     * @throws io.modelregistry.model.InvalidValueException if there are more or fewer than the sizes say
     */
    Tensor tensor(long[] sizes) {
        if (type == DataType.BYTES) {
            return sizes.length == 0 ? Tensor.of(texts.get(0)) : Tensor.ofStrings(texts, sizes);
        }
        return Tensor.copyOf(type, sizes, bytes.flip());
    }
}
