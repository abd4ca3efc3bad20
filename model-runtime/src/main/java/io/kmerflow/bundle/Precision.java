package io.kmerflow.bundle;

import java.util.Locale;

/** Arithmetic of a graph's encoder. Its inputs are int64 and its logits float32 in each. */
public enum Precision {
    /** 24 bits of mantissa; another runtime may only add up in another order. */
    FP32(1e-4f),
    /** 11 bits of mantissa, and nothing above 65,504; half the memory traffic, for a GPU. */
    FP16(5e-2f),
    /** Products of the layers in 8-bit integers, all else fp32; a quarter of the memory traffic, for a CPU. */
    INT8(2.5e-1f);

    private final float logitTolerance;

    Precision(float logitTolerance) {
        this.logitTolerance = logitTolerance;
    }

    /** Largest difference of one logit to the trainer's, who computes in fp32. */
    public float logitTolerance() {
        return logitTolerance;
    }

    /**
     * The precision of that name, {@code fp32}, {@code fp16} or {@code int8}.
     *
     * @throws BundleException if there is none
     */
    public static Precision named(String name) {
        for (Precision precision : values()) {
            if (precision.toString().equals(name)) {
                return precision;
            }
        }
        throw new BundleException(String.format(Locale.ROOT, "Expected precision fp32, fp16 or int8, got '%s'", name));
    }

    /** Its name in bundles and annotations. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
