package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.Setting;
import java.util.Arrays;
import java.util.Locale;

/**
 * Sequencing errors put into drawn windows. Most windows get a low error rate, as short reads have, the rest up to a high
 * one, as single-molecule reads have; the rate of a window is uniform up to its limit.
 */
public record NoiseModel(
        @Setting(value = "Part of the windows with the low limit, 0 to 1.", byDefault = "0.6")
        double lowShare,

        @Setting(value = "Highest error rate of those, errors per base.", byDefault = "0.01")
        double lowLimit,

        @Setting(value = "Highest error rate of the others.", byDefault = "0.15")
        double highLimit,

        @Setting(value = "Weight of substitutions among the errors.", byDefault = "23")
        double substitutions,

        @Setting(value = "Weight of insertions.", byDefault = "31")
        double insertions,

        @Setting(value = "Weight of deletions.", byDefault = "46")
        double deletions,

        @Setting(value = "Part of the windows that get one N somewhere.", byDefault = "0.02")
        double unknownShare) {
    /** No errors at all. */
    public static final NoiseModel NONE = new NoiseModel(1, 0, 0, 1, 0, 0, 0);

    private static final byte[] BASES = {'A', 'C', 'G', 'T'};

    public NoiseModel {
        if (lowShare < 0
                || lowShare > 1
                || lowLimit < 0
                || highLimit < lowLimit
                || highLimit > 0.5
                || substitutions < 0
                || insertions < 0
                || deletions < 0
                || substitutions + insertions + deletions <= 0
                || unknownShare < 0
                || unknownShare > 1) {
            throw new IllegalArgumentException(
                    "Expected shares of 0 to 1, 0 <= lowLimit <= highLimit <= 0.5 and weights of 0 or more with a positive"
                            + String.format(
                                    Locale.ROOT,
                                    " sum, got lowShare %s, lowLimit %s, highLimit %s, weights %s:%s:%s, unknownShare %s",
                                    lowShare,
                                    lowLimit,
                                    highLimit,
                                    substitutions,
                                    insertions,
                                    deletions,
                                    unknownShare));
        }
    }

    /** Source bases that are enough for a read of a length, deletions included, for all but a few in a million windows. */
    public int sourceBases(int readBases) {
        double expected = 1 + highLimit * deletions / (substitutions + insertions + deletions);
        return (int) Math.ceil(readBases * expected + (highLimit > 0 ? 8 + 0.05 * readBases : 0));
    }

    /**
     * Reads along the source with errors.
     *
     * @param source error-free bases, {@link #sourceBases} of them
     * @param readBases wanted length
     * @return at most {@code readBases} bases; fewer only if the source was too short for the deletions drawn
     */
    public byte[] read(byte[] source, int readBases, Xoshiro256 random) {
        return read(source, readBases, drawRate(random), random);
    }

    /** As above, at the given rate in errors per base instead of a drawn one. */
    public byte[] read(byte[] source, int readBases, double rate, Xoshiro256 random) {
        return withUnknown(errors(source, readBases, rate, random, null), random);
    }

    /**
     * A read and the places of its bases.
     *
     * @param bases of the read
     * @param origins index in the source of each base; of an inserted one, that of the base in front of which it stands
     */
    public record Traced(byte[] bases, int[] origins) {}

    /** As {@link #read(byte[], int, double, Xoshiro256)}, with the places of the bases. */
    public Traced trace(byte[] source, int readBases, double rate, Xoshiro256 random) {
        int[] origins = new int[readBases];
        byte[] read = withUnknown(errors(source, readBases, rate, random, origins), random);
        return new Traced(read, Arrays.copyOf(origins, read.length));
    }

    /**
     * Reads around a base of the source, so that insertions and deletions do not move it: from it to the end, and from the base
     * before it backwards.
     *
     * @param source error-free bases, {@link #sourceBases} of {@code before} in front of the base, and of {@code after} from it on
     * @param at index of the base in the source
     * @param before wanted bases in front of it
     * @param after wanted bases from it on
     * @return at most {@code before + after} bases, with the base, if no error hit it, at index {@code before}; fewer only if
     *     the source was too short for the deletions drawn
     */
    public byte[] readAround(byte[] source, int at, int before, int after, Xoshiro256 random) {
        double rate = drawRate(random);
        byte[] front = reversed(errors(reversed(Arrays.copyOf(source, at)), before, rate, random, null));
        byte[] back = errors(Arrays.copyOfRange(source, at, source.length), after, rate, random, null);
        byte[] read = Arrays.copyOf(front, front.length + back.length);
        System.arraycopy(back, 0, read, front.length, back.length);
        return withUnknown(read, random);
    }

    private double drawRate(Xoshiro256 random) {
        double limit = random.nextDouble() < lowShare ? lowLimit : highLimit;
        return random.nextDouble() * limit;
    }

    /** @param origins where to write the place of each base; null for nowhere */
    private byte[] errors(byte[] source, int readBases, double rate, Xoshiro256 random, int[] origins) {
        double sum = substitutions + insertions + deletions;
        byte[] read = new byte[readBases];
        int length = 0;
        for (int i = 0; i < source.length && length < readBases; ) {
            if (origins != null) {
                origins[length] = i; // a deletion writes it again
            }
            if (random.nextDouble() >= rate) {
                read[length++] = source[i++];
                continue;
            }
            double kind = random.nextDouble() * sum;
            if (kind < substitutions) {
                read[length++] = other(source[i++], random);
            } else if (kind < substitutions + insertions) {
                read[length++] = BASES[random.nextInt(4)];
            } else {
                i++;
            }
        }
        return length == readBases ? read : Arrays.copyOf(read, length);
    }

    private byte[] withUnknown(byte[] read, Xoshiro256 random) {
        if (random.nextDouble() < unknownShare && read.length > 0) {
            read[random.nextInt(read.length)] = 'N';
        }
        return read;
    }

    private static byte[] reversed(byte[] bases) {
        byte[] reversed = new byte[bases.length];
        for (int i = 0; i < bases.length; i++) {
            reversed[i] = bases[bases.length - 1 - i];
        }
        return reversed;
    }

    private static byte other(byte base, Xoshiro256 random) {
        byte drawn = BASES[random.nextInt(4)];
        while (drawn == base) {
            drawn = BASES[random.nextInt(4)];
        }
        return drawn;
    }
}
