package io.modelregistry.model;

/**
 * The type of a tensor's elements, under the names of the Open Inference Protocol.
 *
 * <p>The protocol's version 2 knows all of these but {@link #BF16}, which its servers added under that name.
 */
public enum DataType {
    /** One byte per element, 0 or 1. */
    BOOL(1, Family.BOOLEAN),
    /** Unsigned 8 bit. */
    UINT8(1, Family.UNSIGNED),
    /** Unsigned 16 bit. */
    UINT16(2, Family.UNSIGNED),
    /** Unsigned 32 bit. */
    UINT32(4, Family.UNSIGNED),
    /** Unsigned 64 bit. */
    UINT64(8, Family.UNSIGNED),
    /** Signed 8 bit. */
    INT8(1, Family.SIGNED),
    /** Signed 16 bit. */
    INT16(2, Family.SIGNED),
    /** Signed 32 bit. */
    INT32(4, Family.SIGNED),
    /** Signed 64 bit. */
    INT64(8, Family.SIGNED),
    /** IEEE 754 binary16. */
    FP16(2, Family.FLOATING),
    /** bfloat16: the upper half of a binary32. */
    BF16(2, Family.FLOATING),
    /** IEEE 754 binary32. */
    FP32(4, Family.FLOATING),
    /** IEEE 754 binary64. */
    FP64(8, Family.FLOATING),
    /** Texts or byte strings of any length. */
    BYTES(0, Family.STRINGS);

    private final int byteSize;
    private final Family family;

    DataType(int byteSize, Family family) {
        this.byteSize = byteSize;
        this.family = family;
    }

    /** Bytes per element; 0 for {@link #BYTES}, whose elements have no fixed size. */
    public int byteSize() {
        return byteSize;
    }

    /** Whether the elements are floating-point numbers, which alone can be NaN or infinite. */
    public boolean isFloatingPoint() {
        return family == Family.FLOATING;
    }

    /** Whether the elements are signed or unsigned integers. */
    public boolean isInteger() {
        return family == Family.SIGNED || family == Family.UNSIGNED;
    }

    /** Whether the elements are unsigned integers. */
    public boolean isUnsigned() {
        return family == Family.UNSIGNED;
    }

    private enum Family {
        BOOLEAN,
        SIGNED,
        UNSIGNED,
        FLOATING,
        STRINGS
    }
}
