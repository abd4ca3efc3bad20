package io.kmerflow.sequence;

import java.util.Arrays;
import java.util.Locale;

/**
 * Phred qualities, −10·log10(error probability), as numbers 0 to {@value #MAX}, one per base. ASCII exists only in
 * files; averages are averages of error probability, as sequencers report them.
 */
public final class PhredQualities {
    /** Highest quality FASTQ can spell: {@code '~'} − 33. */
    public static final int MAX = 93;

    private static final int PHRED33_OFFSET = 33;
    private static final double[] ERROR_PROBABILITY = new double[MAX + 1];

    static {
        for (int quality = 0; quality <= MAX; quality++) {
            ERROR_PROBABILITY[quality] = Math.pow(10, -quality / 10.0);
        }
    }

    private PhredQualities() {}

    /**
     * Turns FASTQ's ASCII (offset 33) into numbers.
     *
     * @param ascii one character per base
     * @return qualities 0 to 93, a new array
     * @throws MalformedReadException at the first character outside {@code '!'}..{@code '~'}
     */
    public static byte[] fromPhred33(byte[] ascii) {
        return QualityEncoding.PHRED33.decode(ascii);
    }

    /** FASTQ's ASCII (offset 33) of qualities 0 to 93. */
    public static byte[] toPhred33(byte[] qualities) {
        byte[] ascii = new byte[qualities.length];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) (qualities[i] + PHRED33_OFFSET);
        }
        return ascii;
    }

    /**
     * The quality of the mean error probability: qualities 10 and 30 average to 13.0, not 20.
     *
     * @param qualities numbers 0 to 93, at least one
     */
    public static double mean(byte[] qualities) {
        if (qualities.length == 0) {
            throw new IllegalArgumentException("Expected at least one Phred quality, got none");
        }
        double errors = 0;
        for (byte quality : qualities) {
            errors += ERROR_PROBABILITY[quality];
        }
        return -10 * Math.log10(errors / qualities.length);
    }

    /** @throws MalformedReadException at the first quality outside 0 to 93 */
    static void requireValid(byte[] qualities) {
        for (int i = 0; i < qualities.length; i++) {
            if (qualities[i] < 0 || qualities[i] > MAX) {
                throw new MalformedReadException(String.format(
                        Locale.ROOT,
                        "Expected Phred qualities 0 to %d, got %d at base %d",
                        MAX,
                        qualities[i] & 0xff,
                        i));
            }
        }
    }

    /** A read of one quality throughout; for tests and simulated reads. */
    public static byte[] constant(int quality, int bases) {
        byte[] qualities = new byte[bases];
        Arrays.fill(qualities, (byte) quality);
        return qualities;
    }
}
