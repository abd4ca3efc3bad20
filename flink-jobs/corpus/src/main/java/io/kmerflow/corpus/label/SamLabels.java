package io.kmerflow.corpus.label;

import java.util.Locale;

/** SAM: the primary alignment of each read (SAM specification 1.6, section 1.4). Header lines say nothing. */
final class SamLabels implements LabelLines {
    private static final int FIELDS = 11;
    private static final int MOST_FLAGS = 0xffff;
    private static final int PAIRED = 0x1;
    private static final int UNMAPPED = 0x4;
    private static final int SECOND = 0x80;
    private static final int FIRST = 0x40;
    private static final int NOT_PRIMARY = 0x900;
    /** What stands for a name or a reference that is not there. */
    private static final String NONE = "*";

    private final LabelSettings settings;
    private final LabelFields fields;

    SamLabels(LabelSettings settings) {
        this.settings = settings;
        this.fields = new LabelFields(settings);
    }

    @Override
    public void line(String line, Target target) throws MalformedLabelException {
        if (line.matches("@[A-Z][A-Z](\t.*)?")) {
            return;
        }
        String[] columns = line.split("\t", -1);
        if (columns.length < FIELDS) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    String.format(Locale.ROOT, "Expected %d columns of SAM or more, got %d", FIELDS, columns.length));
        }
        int flags = (int) Alignment.number(columns[1], "FLAG", MOST_FLAGS);
        int quality = (int) Alignment.number(columns[4], "MAPQ", Alignment.UNKNOWN_QUALITY);
        if ((flags & NOT_PRIMARY) != 0) {
            target.pass("not the primary alignment");
        } else if ((flags & UNMAPPED) != 0 || columns[2].equals(NONE)) {
            target.pass("not aligned");
        } else if (columns[0].equals(NONE)) {
            target.pass("without a name");
        } else {
            new Alignment(columns[0], mate(flags), columns[2], quality, 0).tell(fields, settings, target);
        }
    }

    private static int mate(int flags) {
        if ((flags & PAIRED) == 0) {
            return 0;
        }
        return (flags & SECOND) != 0 ? 2 : (flags & FIRST) != 0 ? 1 : 0;
    }
}
