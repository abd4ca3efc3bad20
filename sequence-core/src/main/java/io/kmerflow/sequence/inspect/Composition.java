package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.QualityEncodingDetector;
import java.util.Optional;

/** Counts bases and quality characters of one file; what a character is worth is known only at the end. */
final class Composition {
    private static final int CHARACTERS = 128;

    private final long[] basesOfDigit = new long[Nucleotide.UNKNOWN + 1];
    private final long[] basesOfCharacter = new long[CHARACTERS];
    private final QualityEncodingDetector detector = new QualityEncodingDetector();

    /**
     * @param bases nucleotide codes
     * @param ascii quality characters, or null
     */
    void add(byte[] bases, byte[] ascii) {
        for (byte base : Nucleotide.normalize(bases)) {
            basesOfDigit[Nucleotide.digit(base)]++;
        }
        if (ascii != null) {
            detector.add(ascii);
            for (byte character : ascii) {
                basesOfCharacter[character]++;
            }
        }
    }

    Optional<QualityEncoding> encoding() {
        return detector.encoding();
    }

    /** G and C among A C G T, 0 to 1; null where there are none. */
    Double gcShare() {
        long gc = basesOfDigit[Nucleotide.digit((byte) 'G')] + basesOfDigit[Nucleotide.digit((byte) 'C')];
        long at = basesOfDigit[Nucleotide.digit((byte) 'A')] + basesOfDigit[Nucleotide.digit((byte) 'T')];
        return gc + at == 0 ? null : (double) gc / (gc + at);
    }

    /** Phred quality of the mean error probability over all bases; null where there are none. */
    Double meanQuality(QualityEncoding encoding) {
        double errors = 0;
        long bases = 0;
        for (int character = '!'; character < CHARACTERS; character++) {
            if (basesOfCharacter[character] > 0) {
                int quality = encoding.decode(new byte[] {(byte) character})[0];
                errors += basesOfCharacter[character] * Math.pow(10, -quality / 10.0);
                bases += basesOfCharacter[character];
            }
        }
        return bases == 0 ? null : -10 * Math.log10(errors / bases);
    }
}
