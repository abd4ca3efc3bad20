package io.kmerflow.corpus.label;

import java.time.Instant;
import java.util.Locale;

/**
 * What is said of a file of labels from outside.
 *
 * @param source who or what says so, where a line does not name it
 * @param runId run of reads whose line or name tells none; null for none
 * @param references labels of an aligner's references; null takes the reference's name itself
 * @param minMappingQuality alignments below it give no label, 0 to 255
 * @param mateSuffix whether names end in /1 or /2 for mates
 * @param revision of labels whose line has none
 * @param time when it was said
 */
public record LabelSettings(
        String source,
        String runId,
        ReferenceLabels references,
        int minMappingQuality,
        boolean mateSuffix,
        long revision,
        Instant time) {
    private static final int MOST_MAPPING_QUALITY = 255;

    public LabelSettings {
        if (source == null || source.isBlank()) {
            throw new IllegalArgumentException("Expected who or what gives the labels, got none");
        }
        if (minMappingQuality < 0 || minMappingQuality > MOST_MAPPING_QUALITY) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a mapping quality of 0 to 255, got %d", minMappingQuality));
        }
    }
}
