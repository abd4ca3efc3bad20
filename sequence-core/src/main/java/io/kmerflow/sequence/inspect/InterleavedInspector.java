package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.InterleavedReader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.Locale;

/** Gathers an {@link InterleavedInspection}, reading the file once. */
public final class InterleavedInspector {
    private final MateCheck check = new MateCheck();
    private boolean comparing = true;
    private long pairs;
    private SequenceItem.Parsed first;
    private int firstMark;
    private SequenceItem.Parsed alone;
    private InspectionError disagreement;

    private InterleavedInspector() {}

    /**
     * Reads to the end.
     *
     * @param reader as for {@link FileInspector#inspect}; not closed
     * @param given as for {@link FileInspector#inspect}
     * @throws IOException if the file cannot be read any further
     */
    public static InterleavedInspection inspect(SequenceReader reader, QualityEncoding given) throws IOException {
        FileInspector file = new FileInspector(given);
        InterleavedInspector inspector = new InterleavedInspector();
        InterleavedReader mates = new InterleavedReader(reader); // not closed: the reader is the caller's
        for (SequenceItem item = mates.next(); item != null; item = mates.next()) {
            file.add(item);
            inspector.compare(item, mates);
        }
        return inspector.inspection(file.inspection());
    }

    private void compare(SequenceItem item, InterleavedReader mates) {
        if (!(item instanceof SequenceItem.Parsed record)) {
            comparing &= ((SequenceItem.Failure) item).reason() == SequenceItem.Reason.NOT_PRIMARY;
            return;
        }
        if (!comparing) {
            return;
        }
        if (alone != null) {
            String message =
                    String.format(Locale.ROOT, "Expected the mate of %s behind it, got %s", name(alone), name(record));
            disagree(record, message);
        } else if (!mates.paired()) {
            alone = record;
        } else if (first == null) {
            first = record;
            firstMark = mates.mark();
        } else {
            String problem = check.problem(first, record, firstMark, mates.mark());
            first = null;
            if (problem == null) {
                pairs++;
            } else {
                disagree(record, problem);
            }
        }
    }

    private void disagree(SequenceItem.Parsed record, String message) {
        comparing = false;
        alone = null;
        disagreement = InspectionError.at(record.position(), InspectionError.MATES_DISAGREE, message);
    }

    private static String name(SequenceItem.Parsed record) {
        return MateCheck.shown(record.readHeader().readId());
    }

    private InterleavedInspection inspection(FileInspection file) {
        if (comparing && alone != null) {
            disagree(
                    alone, String.format(Locale.ROOT, "Expected the mate of %s behind it, the file ends", name(alone)));
        }
        Verdict verdict = file.verdict() != Verdict.ACCEPT
                ? file.verdict()
                : disagreement == null ? Verdict.ACCEPT : Verdict.PAIR_REJECT;
        return new InterleavedInspection(file, verdict, pairs, disagreement);
    }
}
