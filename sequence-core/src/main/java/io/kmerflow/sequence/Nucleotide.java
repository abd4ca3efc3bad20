package io.kmerflow.sequence;

import java.util.Arrays;
import java.util.Locale;

/**
 * The nucleotide codes. Inside, bases are upper-case ASCII A C G T N; as 2-bit digits they have DNABERT's order A, T, C,
 * G, so that the complement of a digit is {@code digit ^ 1}.
 */
public final class Nucleotide {
    /** Digit of N: no k-mer with it has an id of its own. */
    public static final int UNKNOWN = 4;

    /** Marks a byte that is no code; no ASCII character has this value. */
    private static final byte MALFORMED = -1;

    private static final byte[] DIGITS = {'A', 'T', 'C', 'G', 'N'};
    private static final byte[] DIGIT = new byte[256];
    private static final byte[] NORMAL = new byte[256];
    private static final byte[] COMPLEMENT = new byte[256];

    static {
        Arrays.fill(DIGIT, (byte) UNKNOWN);
        // IUPAC codes and '.' become N; anything else is malformed, NUL too.
        Arrays.fill(NORMAL, MALFORMED);
        for (char code : "NRYSWKMBDHV".toCharArray()) {
            NORMAL[code] = 'N';
            NORMAL[Character.toLowerCase(code)] = 'N';
        }
        NORMAL['.'] = 'N';
        for (int digit = 0; digit < 4; digit++) {
            byte base = DIGITS[digit];
            DIGIT[base] = (byte) digit;
            NORMAL[base] = base;
            NORMAL[base + 32] = base;
            COMPLEMENT[base] = DIGITS[digit ^ 1];
        }
        COMPLEMENT['N'] = 'N';
        NORMAL['U'] = 'T';
        NORMAL['u'] = 'T';
    }

    private Nucleotide() {}

    /** 0 A, 1 T, 2 C, 3 G, {@value #UNKNOWN} for everything else. */
    public static int digit(byte base) {
        return DIGIT[base & 0xff];
    }

    /** Upper-case ASCII of a digit 0 to 4. */
    public static byte base(int digit) {
        return DIGITS[digit];
    }

    /**
     * Raises lower case, turns U into T and IUPAC codes and '.' into N.
     *
     * @return the same array if nothing had to change, else a new one
     * @throws MalformedReadException at the first byte that is no nucleotide code
     */
    public static byte[] normalize(byte[] bases) {
        byte[] normal = bases;
        for (int i = 0; i < bases.length; i++) {
            byte base = NORMAL[bases[i] & 0xff];
            if (base == MALFORMED) { // asked first: byte 0xff is MALFORMED itself
                throw new MalformedReadException(String.format(
                        Locale.ROOT,
                        "Expected a nucleotide code at base %d, got %s",
                        i,
                        ShownBytes.character(bases[i])));
            }
            if (base != bases[i]) {
                if (normal == bases) {
                    normal = bases.clone();
                }
                normal[i] = base;
            }
        }
        return normal;
    }

    /** Reverse complement of upper-case A C G T N, a new array. */
    public static byte[] reverseComplement(byte[] bases) {
        byte[] reversed = new byte[bases.length];
        for (int i = 0; i < bases.length; i++) {
            reversed[bases.length - 1 - i] = COMPLEMENT[bases[i] & 0xff];
        }
        return reversed;
    }

    /**
     * Whether the reverse complement of {@code bases[start, end)} comes before it in the order A C G N T; false if both are
     * the same. Bases are upper-case ASCII A C G T N.
     */
    public static boolean reverseComplementIsFirst(byte[] bases, int start, int end) {
        for (int i = start, j = end - 1; i < end; i++, j--) {
            byte turned = COMPLEMENT[bases[j] & 0xff];
            if (turned != bases[i]) {
                return turned < bases[i];
            }
        }
        return false;
    }
}
