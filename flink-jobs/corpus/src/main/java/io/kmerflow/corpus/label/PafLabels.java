package io.kmerflow.corpus.label;

import java.util.List;
import java.util.Locale;

/**
 * PAF, as minimap2 writes it: of the primary lines of a read, which follow one another, the one with most matching bases; a
 * read that aligns in parts has several.
 */
final class PafLabels implements LabelLines {
    private static final int FIELDS = 12;
    private static final String SECONDARY = "tp:A:S";
    /** Reference of a read that minimap2 does not align, with --paf-no-hit. */
    private static final String NONE = "*";

    private final LabelSettings settings;
    private final LabelFields fields;
    private Alignment best;

    PafLabels(LabelSettings settings) {
        this.settings = settings;
        this.fields = new LabelFields(settings);
    }

    @Override
    public void line(String line, Target target) throws MalformedLabelException {
        String[] columns = line.split("\t", -1);
        if (columns.length < FIELDS) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    String.format(Locale.ROOT, "Expected %d columns of PAF or more, got %d", FIELDS, columns.length));
        }
        long matches = Alignment.number(columns[9], "number of matching bases", Long.MAX_VALUE);
        int quality = (int) Alignment.number(columns[11], "mapping quality", Alignment.UNKNOWN_QUALITY);
        Alignment next = new Alignment(columns[0], 0, columns[5], quality, matches);
        Alignment finished = best != null && !best.read().equals(next.read()) ? best : null;
        best = finished == null ? best : null;
        if (List.of(columns).subList(FIELDS, columns.length).contains(SECONDARY)) {
            target.pass("not the primary alignment");
        } else if (next.reference().equals(NONE)) {
            target.pass("not aligned");
        } else {
            if (best != null) {
                target.pass("another part of a read");
            }
            best = best == null || next.matches() > best.matches() ? next : best;
        }
        if (finished != null) {
            finished.tell(fields, settings, target);
        }
    }

    @Override
    public void end(Target target) throws MalformedLabelException {
        Alignment told = best;
        best = null;
        if (told != null) {
            told.tell(fields, settings, target);
        }
    }
}
