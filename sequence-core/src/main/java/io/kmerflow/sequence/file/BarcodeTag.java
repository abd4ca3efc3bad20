package io.kmerflow.sequence.file;

import java.util.regex.Pattern;

/**
 * What the tag {@code BC:Z} says. SAM's standard tags define it as the bases of the sample index, one or more joined by a
 * hyphen or plus; nanopore basecallers write the barcode's name. The rule for FASTQ headers and BAM alike.
 *
 * @param barcodeName a name, or null
 * @param indexSequence bases as read, with the errors they have, or null
 */
public record BarcodeTag(String barcodeName, String indexSequence) {
    private static final Pattern BASES = Pattern.compile("[ACGTNacgtn.]+(?:[-+_ ][ACGTNacgtn.]+)*");

    /** Reads the tag's value; a blank one says nothing. */
    public static BarcodeTag parse(String value) {
        if (value.isBlank()) {
            return new BarcodeTag(null, null);
        }
        return BASES.matcher(value).matches() ? new BarcodeTag(null, value) : new BarcodeTag(value, null);
    }
}
