package io.kmerflow.corpus.label;

import io.kmerflow.schema.ReadLabel;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The best place of a read on a reference, of whichever format.
 *
 * @param read name
 * @param mate 0, 1 or 2
 * @param reference name
 * @param mappingQuality 0 to 255, 255 for not known
 * @param matches bases that match, to choose between lines of one read; 0 where that is not asked
 */
record Alignment(String read, int mate, String reference, int mappingQuality, long matches) {
    static final int UNKNOWN_QUALITY = 255;

    /** Tells the label, or why there is none. */
    void tell(LabelFields fields, LabelSettings settings, LabelLines.Target target) throws MalformedLabelException {
        if (mappingQuality != UNKNOWN_QUALITY && mappingQuality < settings.minMappingQuality()) {
            target.pass("mapping quality below " + settings.minMappingQuality());
            return;
        }
        ReferenceLabels.Label label = settings.references() == null
                ? new ReferenceLabels.Label(reference, null)
                : settings.references().of(reference);
        if (label == null) {
            target.pass("reference without a label");
            return;
        }
        Map<String, String> named = new HashMap<>();
        named.put(LabelFields.READ, read);
        named.put(LabelFields.MATE, Integer.toString(mate));
        named.put(LabelFields.LABEL, label.name());
        if (label.ontologyId() != null) {
            named.put(LabelFields.ONTOLOGY, label.ontologyId());
        }
        ReadLabel made = fields.label(named);
        made.setConfidence(confidence());
        target.label(made);
    }

    /** What an aligner's quality says: 1 − 10^(−quality/10). */
    private Float confidence() {
        return mappingQuality == UNKNOWN_QUALITY ? null : (float) (1 - Math.pow(10, -mappingQuality / 10.0));
    }

    /**
     * A number of a column.
     *
     * @throws MalformedLabelException if it is none from 0 to most
     */
    static long number(String text, String column, long most) throws MalformedLabelException {
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new MalformedLabelException(
                MalformedLabelException.BAD_VALUE,
                String.format(Locale.ROOT, "Expected 0 to %d as %s, got '%s'", most, column, text));
    }
}
