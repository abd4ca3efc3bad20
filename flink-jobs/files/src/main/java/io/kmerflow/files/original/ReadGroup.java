package io.kmerflow.files.original;

import java.util.Comparator;

/**
 * Reads that are reported together.
 *
 * @param sample null for reads without one
 * @param barcode null for reads without one
 */
public record ReadGroup(String sample, String barcode) implements Comparable<ReadGroup> {
    private static final Comparator<String> NULLS_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());
    private static final Comparator<ReadGroup> ORDER =
            Comparator.comparing(ReadGroup::sample, NULLS_FIRST).thenComparing(ReadGroup::barcode, NULLS_FIRST);

    @Override
    public int compareTo(ReadGroup other) {
        return ORDER.compare(this, other);
    }
}
