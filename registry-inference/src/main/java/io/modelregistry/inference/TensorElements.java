package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import java.nio.ByteBuffer;

/** Reads and writes single elements in the little-endian layout of each type. */
final class TensorElements {
    private TensorElements() {}

    static void require(Tensor tensor, boolean readable, String as) {
        if (!readable) {
            throw new IllegalStateException(
                    "Cannot read " + as + " from a tensor of " + tensor.type() + ", expected another accessor");
        }
    }

    static float[] floats(Tensor tensor, ByteBuffer data) {
        float[] out = new float[tensor.elementCount()];
        switch (tensor.type()) {
            case FP32 -> data.asFloatBuffer().get(out);
            case FP16, BF16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) doubleAt(tensor, data, i);
                }
            }
            default -> require(tensor, false, "floats");
        }
        return out;
    }

    static double[] doubles(Tensor tensor, ByteBuffer data) {
        require(tensor, tensor.type().isFloatingPoint(), "doubles");
        double[] out = new double[tensor.elementCount()];
        for (int i = 0; i < out.length; i++) {
            out[i] = doubleAt(tensor, data, i);
        }
        return out;
    }

    static long[] longs(Tensor tensor, ByteBuffer data) {
        long[] out = new long[tensor.elementCount()];
        if (tensor.type() == DataType.INT64) {
            data.asLongBuffer().get(out);
            return out;
        }
        require(tensor, tensor.type().isInteger() || tensor.type() == DataType.BOOL, "longs");
        for (int i = 0; i < out.length; i++) {
            out[i] = longAt(tensor, data, i);
        }
        return out;
    }

    static int[] ints(Tensor tensor, ByteBuffer data) {
        DataType type = tensor.type();
        boolean fits = type == DataType.INT32 || type == DataType.BOOL || (type.isInteger() && type.byteSize() < 4);
        require(tensor, fits, "ints");
        int[] out = new int[tensor.elementCount()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) longAt(tensor, data, i);
        }
        return out;
    }

    static long longAt(Tensor tensor, ByteBuffer data, int position) {
        return switch (tensor.type()) {
            case BOOL -> data.get(position) == 0 ? 0 : 1;
            case INT8 -> data.get(position);
            case UINT8 -> data.get(position) & 0xffL;
            case INT16 -> data.getShort(position * 2);
            case UINT16 -> data.getShort(position * 2) & 0xffffL;
            case INT32 -> data.getInt(position * 4);
            case UINT32 -> data.getInt(position * 4) & 0xffff_ffffL;
            case INT64, UINT64 -> data.getLong(position * 8);
            case FP16, BF16, FP32, FP64, BYTES -> {
                require(tensor, false, "an integer");
                yield 0;
            }
        };
    }

    static double doubleAt(Tensor tensor, ByteBuffer data, int position) {
        return switch (tensor.type()) {
            case FP16 -> HalfPrecision.toFloat(data.getShort(position * 2));
            case BF16 -> Float.intBitsToFloat(data.getShort(position * 2) << 16);
            case FP32 -> data.getFloat(position * 4);
            case FP64 -> data.getDouble(position * 8);
            case UINT64 -> unsignedToDouble(data.getLong(position * 8));
            case BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64 -> (double) longAt(tensor, data, position);
            case BYTES -> {
                require(tensor, false, "a number");
                yield 0;
            }
        };
    }

    static boolean isFinite(Tensor tensor, ByteBuffer data) {
        int count = tensor.elementCount();
        switch (tensor.type()) {
            case FP32 -> {
                for (int i = 0; i < count; i++) {
                    if ((data.getInt(i * 4) & 0x7f80_0000) == 0x7f80_0000) {
                        return false;
                    }
                }
            }
            case FP16, BF16, FP64 -> {
                for (int i = 0; i < count; i++) {
                    if (!Double.isFinite(doubleAt(tensor, data, i))) {
                        return false;
                    }
                }
            }
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> {}
        }
        return true;
    }

    static void put(DataType type, ByteBuffer data, int position, double value) {
        switch (type) {
            case FP16 -> data.putShort(position * 2, HalfPrecision.fromFloat(toOdd(value)));
            case BF16 -> data.putShort(position * 2, HalfPrecision.toBfloat16(toOdd(value)));
            case FP32 -> data.putFloat(position * 4, (float) value);
            case FP64 -> data.putDouble(position * 8, value);
            default -> throw new IllegalArgumentException("Cannot store a floating-point number as " + type);
        }
    }

    /**
     * A float that rounds to the same half as the value itself. The nearest one may be a tie that the value is not; of
     * the two around the value the one with an odd last bit is none (Boldo and Melquiond, "When double rounding is
     * odd").
     */
    private static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || !Float.isFinite(nearest)) {
            return nearest;
        }
        float truncated = Math.abs((double) nearest) > Math.abs(value) ? Math.nextAfter(nearest, 0) : nearest;
        return Float.intBitsToFloat(Float.floatToRawIntBits(truncated) | 1);
    }

    static void put(DataType type, ByteBuffer data, int position, long value) {
        switch (type.byteSize()) {
            case 1 -> data.put(position, (byte) value);
            case 2 -> data.putShort(position * 2, (short) value);
            case 4 -> data.putInt(position * 4, (int) value);
            default -> data.putLong(position * 8, value);
        }
    }

    /** Copies truth values as ones and zeros: anything else has no defined meaning to an engine. */
    static void copyBooleans(ByteBuffer source, ByteBuffer target) {
        for (int i = 0; i < source.limit(); i++) {
            target.put(i, (byte) (source.get(i) == 0 ? 0 : 1));
        }
    }

    private static double unsignedToDouble(long bits) {
        double halved = (double) (bits >>> 1) * 2.0;
        return bits >= 0 ? (double) bits : halved + (bits & 1);
    }
}
