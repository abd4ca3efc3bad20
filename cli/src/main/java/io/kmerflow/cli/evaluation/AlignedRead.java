package io.kmerflow.cli.evaluation;

import io.kmerflow.sequence.BaseRange;
import java.util.Arrays;
import java.util.Locale;

/**
 * A read's primary alignment.
 *
 * @param name of the read
 * @param contig that it lies on
 * @param range of the contig, 0-based, half-open
 * @param reverse whether the read is of the reverse strand
 * @param origins place in the range of each base of the read as sequenced, from the end that it was read from; {@link
 *     TrueSegments#NOWHERE} for clipped bases; of an inserted one, that of the aligned base before it in the contig
 */
record AlignedRead(String name, String contig, BaseRange range, boolean reverse, int[] origins) {
    private static final int UNMAPPED = 0x4;
    private static final int REVERSE = 0x10;
    private static final int NOT_PRIMARY = 0x900;
    private static final int COLUMNS = 11;

    /**
     * Reads a line of SAM.
     *
     * @return null for a line that is no primary alignment
     * @throws IllegalArgumentException if it is no SAM
     */
    static AlignedRead parse(String line) {
        String[] fields = line.split("\t", COLUMNS + 1);
        if (fields.length < COLUMNS) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "expected %d columns of SAM, got %d", COLUMNS, fields.length));
        }
        int flag = Integer.parseInt(fields[1]);
        if ((flag & (UNMAPPED | NOT_PRIMARY)) != 0) {
            return null;
        }
        int[] places = places(fields[5], Integer.parseInt(fields[3]) - 1);
        int last = Arrays.stream(places).max().orElse(-1);
        int first = Arrays.stream(places)
                .filter(place -> place != TrueSegments.NOWHERE)
                .min()
                .orElseThrow(() -> new IllegalArgumentException("expected an aligned base in " + fields[5]));
        boolean reverse = (flag & REVERSE) != 0;
        int[] origins = new int[places.length];
        for (int base = 0; base < places.length; base++) {
            int place = places[reverse ? places.length - 1 - base : base];
            origins[base] = place == TrueSegments.NOWHERE ? place : reverse ? last - place : place - first;
        }
        return new AlignedRead(fields[0], fields[2], new BaseRange(first, last + 1), reverse, origins);
    }

    /** Place on the contig of each base of the read, hard-clipped ones too, in the order of the contig. */
    private static int[] places(String cigar, int start) {
        int[] places = new int[16];
        int bases = 0;
        int at = start;
        int count = 0;
        for (int i = 0; i < cigar.length(); i++) {
            char operation = cigar.charAt(i);
            if (operation >= '0' && operation <= '9') {
                count = Math.addExact(Math.multiplyExact(10, count), operation - '0');
                continue;
            }
            if ("MIDNSHP=X".indexOf(operation) < 0 || count == 0) {
                throw new IllegalArgumentException("expected a CIGAR, got " + cigar);
            }
            boolean aligned = "M=X".indexOf(operation) >= 0;
            if (aligned || "ISH".indexOf(operation) >= 0) {
                if (bases + count > places.length) {
                    places = Arrays.copyOf(places, Math.max(2 * places.length, bases + count));
                }
                for (int base = 0; base < count; base++) {
                    int inserted = Math.max(start, at - 1);
                    places[bases++] = aligned ? at++ : operation == 'I' ? inserted : TrueSegments.NOWHERE;
                }
            } else if (operation != 'P') {
                at += count;
            }
            count = 0;
        }
        return Arrays.copyOf(places, bases);
    }
}
