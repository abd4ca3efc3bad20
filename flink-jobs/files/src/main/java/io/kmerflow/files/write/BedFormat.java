package io.kmerflow.files.write;

import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import java.util.Locale;

/**
 * BED6 with one more column: a line per call, coordinates 0-based and half-open on the read as sequenced. Columns: read
 * name (with /1 or /2 for mates), start, end, label, score 0 to 1000, strand of the label, probability 0 to 1. Reads
 * without a call have no line.
 */
public final class BedFormat implements RowFormat<ReadAnnotation> {
    private static final int BED_SCORE_MAX = 1000;

    private final LabelStrands strands;

    /** @param strands of the model's labels */
    public BedFormat(LabelStrands strands) {
        this.strands = strands;
    }

    @Override
    public String header() {
        return "# kmerflow: coordinates are on the reads as sequenced, not on a genome\n"
                + "# read\tstart\tend\tlabel\tscore (0-1000)\tstrand\tprobability";
    }

    @Override
    public String row(ReadAnnotation annotation) {
        StringBuilder lines = new StringBuilder();
        for (Call call : annotation.getCalls()) {
            if (!lines.isEmpty()) {
                lines.append('\n');
            }
            lines.append(String.format(
                    Locale.ROOT,
                    "%s\t%d\t%d\t%s\t%d\t%c\t%.6g",
                    ReadNames.inBed(ReadNames.withMate(annotation)),
                    call.getStart(),
                    call.getEnd(),
                    ReadNames.plain(call.getLabel()),
                    Math.round(call.getScore() * BED_SCORE_MAX),
                    strands.sign(call.getLabel()),
                    call.getScore()));
        }
        return lines.isEmpty() ? null : lines.toString();
    }
}
