package io.kmerflow.corpus.label;

import java.util.Locale;

/** Formats of labels. */
public enum LabelFormat {
    TSV,
    JSONL,
    SAM,
    PAF;

    /**
     * The format of a file by its name, .gz left out.
     *
     * @throws IllegalArgumentException if its name tells none
     */
    public static LabelFormat of(String file) {
        String name = file.toLowerCase(Locale.ROOT).replaceFirst("\\.b?gz$", "");
        for (LabelFormat format : values()) {
            if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new IllegalArgumentException(String.format(
                Locale.ROOT,
                "Expected a file of labels that ends in .tsv, .jsonl, .sam or .paf, or its format, got %s",
                file));
    }

    /** Whether it is of an aligner, whose references give the labels. */
    public boolean isAlignments() {
        return this == SAM || this == PAF;
    }

    LabelLines lines(LabelSettings settings) {
        return switch (this) {
            case TSV -> new LabelTable(settings);
            case JSONL -> new LabelJson(settings);
            case SAM -> new SamLabels(settings);
            case PAF -> new PafLabels(settings);
        };
    }
}
