package io.kmerflow.pretraining.random;

import java.util.random.RandomGenerator;

/**
 * xoshiro256** by Blackman and Vigna (public domain, prng.di.unimi.it), seeded through SplitMix64. Written out because its
 * numbers must not change with the JDK: whatever is drawn for a step is a function of (seed, stream, index) alone, so a
 * training run that resumes at a step needs no stored generator, only its seed and the step.
 */
public final class Xoshiro256 implements RandomGenerator {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    private Xoshiro256(long state) {
        s0 = mix(state + GOLDEN);
        s1 = mix(state + 2 * GOLDEN);
        s2 = mix(state + 3 * GOLDEN);
        s3 = mix(state + 4 * GOLDEN);
    }

    /** The generator of a seed alone. */
    public static Xoshiro256 of(long seed) {
        return new Xoshiro256(seed);
    }

    /**
     * The generator of one use at one place.
     *
     * @param seed of the run
     * @param stream what the numbers are for, so that two uses never share numbers
     * @param index for example the step
     */
    public static Xoshiro256 of(long seed, long stream, long index) {
        return new Xoshiro256(hash(seed, stream, index));
    }

    /** 64 well-mixed bits of three numbers. */
    public static long hash(long seed, long stream, long index) {
        return mix(mix(mix(seed + GOLDEN) + stream + GOLDEN) + index + GOLDEN);
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public long nextLong() {
        long result = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** Uniform in [0, bound): the high half of a product, biased by less than bound / 2^32. */
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("Expected a bound of 1 or more, got " + bound);
        }
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }

    /** Uniform in [0, bound), for bounds up to 2^53. */
    @Override
    public long nextLong(long bound) {
        return (long) (nextDouble() * bound);
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** Standard normal, by Box and Muller with StrictMath: the same on every machine. */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** Shuffles in place (Fisher and Yates). */
    public void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
