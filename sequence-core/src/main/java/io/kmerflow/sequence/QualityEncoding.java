package io.kmerflow.sequence;

import java.util.Locale;

/**
 * How FASTQ spells qualities, one ASCII character per base. Cock et al. 2010, "The Sanger FASTQ file format for sequences
 * with quality scores, and the Solexa/Illumina FASTQ variants", doi 10.1093/nar/gkp1137.
 */
public enum QualityEncoding {
    /** Phred 0 to 93 as {@code '!'} to {@code '~'}: Sanger, Illumina from 1.8 on, nanopore, PacBio. */
    PHRED33('!', 33),
    /** Phred 0 to 62 as {@code '@'} to {@code '~'}: Illumina 1.3 to 1.7. */
    PHRED64('@', 64),
    /** Solexa quality −5 to 62, −10·log10(p / (1 − p)), as {@code ';'} to {@code '~'}: Solexa and Illumina before 1.3. */
    SOLEXA64(';', 64);

    private static final int LAST = '~';

    private final char first;
    private final byte[] phredOf = new byte[LAST + 1];

    QualityEncoding(char first, int offset) {
        this.first = first;
        for (int character = first; character <= LAST; character++) {
            int quality = character - offset;
            // 10^(Qs/10) = (1 - p) / p, so 1/p = 10^(Qs/10) + 1: Solexa -5 is Phred 1, 10 is 10, 40 is 40.
            boolean solexa = first == ';';
            phredOf[character] =
                    (byte) (solexa ? Math.round(10 * Math.log10(Math.pow(10, quality / 10.0) + 1)) : quality);
        }
    }

    /**
     * Turns ASCII into Phred qualities.
     *
     * @param ascii one character per base
     * @return qualities 0 to 93, a new array
     * @throws MalformedReadException at the first character that this encoding has not
     */
    public byte[] decode(byte[] ascii) {
        byte[] qualities = new byte[ascii.length];
        for (int i = 0; i < ascii.length; i++) {
            int character = ascii[i];
            if (character < first || character > LAST) {
                throw new MalformedReadException(String.format(
                        Locale.ROOT,
                        "Expected a quality character '%c' to '~' at position %d, got %s",
                        first,
                        i,
                        ShownBytes.character(ascii[i])));
            }
            qualities[i] = phredOf[character];
        }
        return qualities;
    }

    /** As the command line spells it: {@code phred33}, {@code phred64}, {@code solexa64}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
