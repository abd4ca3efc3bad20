package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.QualityEncoding;
import java.util.List;

/**
 * What is in one file of reads. Lengths, qualities, GC and headers are those of all good records.
 *
 * @param verdict {@link Verdict#ACCEPT} or {@link Verdict#REJECT}
 * @param records complete good records before the first error
 * @param recovered good records after it
 * @param errors the first {@value FileInspector#MAX_ERRORS_KEPT}
 * @param errorCount all of them
 * @param bases in all good records
 * @param hasQualities false for FASTA, and without a base
 * @param qualityEncoding null without qualities, or where offsets 33 and 64 both fit
 * @param lengths null without a record
 * @param meanQuality Phred quality of the mean error probability over all bases; null where the encoding is
 * @param gcShare G and C among A C G T, 0 to 1; null where there are none
 * @param headers what the headers say
 * @param notPrimary secondary and supplementary alignments, left out
 */
public record FileInspection(
        Verdict verdict,
        long records,
        long recovered,
        List<InspectionError> errors,
        long errorCount,
        long bases,
        boolean hasQualities,
        QualityEncoding qualityEncoding,
        LengthDistribution lengths,
        Double meanQuality,
        Double gcShare,
        HeaderSummary headers,
        long notPrimary) {
    public FileInspection {
        errors = List.copyOf(errors);
    }
}
