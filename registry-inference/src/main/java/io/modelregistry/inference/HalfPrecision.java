package io.modelregistry.inference;

/**
 * Conversions of the two 16-bit floating-point formats, rounding to nearest even; {@code Float.float16ToFloat} came
 * with Java 20.
 */
final class HalfPrecision {
    private static final int EXPONENT_SHIFT = 13;

    private HalfPrecision() {}

    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | (mantissa << EXPONENT_SHIFT));
        }
        if (exponent == 0) {
            float subnormal = mantissa * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << EXPONENT_SHIFT));
    }

    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) {
            return (short) (sign | 0x7e00 | ((magnitude >>> EXPONENT_SHIFT) & 0x1ff));
        }
        if (magnitude >= 0x477f_f000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x3880_0000) {
            // Below the smallest normal half: the value in units of 2^-24 is exact in a float and rint rounds to even.
            return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> EXPONENT_SHIFT) & 1) - (112 << 23);
        return (short) (sign | (rounded >>> EXPONENT_SHIFT));
    }

    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
