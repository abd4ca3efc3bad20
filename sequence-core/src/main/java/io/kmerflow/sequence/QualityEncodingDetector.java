package io.kmerflow.sequence;

import java.util.Optional;

/**
 * Tells a file's quality encoding from the characters in it. A character below {@code ';'} exists in Phred+33 alone.
 * Without one both offsets fit, and the best and the worst quality decide what a sequencer can have meant:
 *
 * <ul>
 *   <li>all above {@code 'i'}: Phred+33, since the worst base of a Phred+64 file would be better than its best can be
 *       (HiFi reads that are {@code '~'} throughout);
 *   <li>best above {@code 'K'}: offset 64, Solexa's if a character lies below {@code '@'};
 *   <li>best {@code 'C'} to {@code 'K'}: Phred+33 26 to 42, since at offset 64 no base of the file were right with more
 *       than 92 %;
 *   <li>best below {@code '@'}: Phred+33 26 to 30, since Phred+64 has no such character and in a Solexa file no base were
 *       more likely right than wrong (SRA Lite writes {@code '?'} throughout);
 *   <li>best {@code '@'} to {@code 'B'}: unknown. Old Illumina runs write {@code 'B'} over a read that failed, and a file of
 *       such reads looks like one of Phred+33 quality 33.
 * </ul>
 */
public final class QualityEncodingDetector {
    private static final int FIRST_OF_SOLEXA64 = ';';
    private static final int FIRST_OF_PHRED64 = '@';
    private static final int FAILED_READ = 'B';
    private static final int BEST_OF_PHRED33_ILLUMINA = 'K';
    private static final int BEST_OF_PHRED64_ILLUMINA = 'i';

    private int lowest = Integer.MAX_VALUE;
    private int highest = Integer.MIN_VALUE;

    /** @param ascii quality characters, {@code '!'} to {@code '~'}, of one read */
    public void add(byte[] ascii) {
        for (byte character : ascii) {
            lowest = Math.min(lowest, character);
            highest = Math.max(highest, character);
        }
    }

    /** Whether a character came that one encoding alone has; more characters change nothing then. */
    public boolean certain() {
        return lowest < FIRST_OF_SOLEXA64;
    }

    /** The encoding, or empty if none came or both offsets fit. */
    public Optional<QualityEncoding> encoding() {
        if (lowest > highest) {
            return Optional.empty();
        }
        if (certain() || lowest > BEST_OF_PHRED64_ILLUMINA) {
            return Optional.of(QualityEncoding.PHRED33);
        }
        if (highest > BEST_OF_PHRED33_ILLUMINA) {
            return Optional.of(lowest < FIRST_OF_PHRED64 ? QualityEncoding.SOLEXA64 : QualityEncoding.PHRED64);
        }
        return highest > FAILED_READ || highest < FIRST_OF_PHRED64
                ? Optional.of(QualityEncoding.PHRED33)
                : Optional.empty();
    }
}
