package io.kmerflow.pretraining.checkpoint;

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. The JDK converts it from 20 on only. */
final class Float16 {
    private static final int FRACTION_BITS = 10;
    private static final float SMALLEST = 0x1p-24f;

    private Float16() {}

    /** The float32 of the same value; every one exists, so nothing is rounded. */
    static float widen(short bits) {
        int exponent = (bits >> FRACTION_BITS) & 0x1F;
        int fraction = bits & 0x3FF;
        int sign = (bits & 0x8000) << 16;
        if (exponent == 0) { // zero, or a subnormal: fraction x 2^-24
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST));
        }
        int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127; // infinity and NaN keep theirs
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
