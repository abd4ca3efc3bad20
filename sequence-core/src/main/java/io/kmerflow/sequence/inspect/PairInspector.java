package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.MateReaders;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.Locale;

/** Gathers a {@link PairInspection}, reading both files side by side, once. */
public final class PairInspector {
    private final FileInspector first;
    private final FileInspector second;
    private final MateCheck check = new MateCheck();
    private boolean comparing = true;
    private long pairs;
    private InspectionError disagreement;

    private PairInspector(QualityEncoding given) {
        this.first = new FileInspector(given);
        this.second = new FileInspector(given);
    }

    /** Reads both to the end; the characters tell the encodings. */
    public static PairInspection inspect(SequenceReader firstMates, SequenceReader secondMates) throws IOException {
        return inspect(firstMates, secondMates, null);
    }

    /**
     * Reads both to the end.
     *
     * @param firstMates as for {@link FileInspector#inspect}
     * @param secondMates as for {@link FileInspector#inspect}
     * @param given as for {@link FileInspector#inspect}
     * @throws IOException if one of them cannot be read any further
     */
    public static PairInspection inspect(SequenceReader firstMates, SequenceReader secondMates, QualityEncoding given)
            throws IOException {
        PairInspector inspector = new PairInspector(given);
        MateReaders mates = new MateReaders(firstMates, secondMates); // not closed: the readers are the caller's
        SequenceItem one = mates.next(0);
        SequenceItem other = mates.next(1);
        while (one != null || other != null) {
            inspector.add(one, other, mates);
            one = one == null ? null : mates.next(0);
            other = other == null ? null : mates.next(1);
        }
        return inspector.inspection();
    }

    private void add(SequenceItem one, SequenceItem other, MateReaders mates) {
        if (one != null) {
            first.add(one);
        }
        if (other != null) {
            second.add(other);
        }
        if (comparing) {
            compare(one, other, mates);
        }
    }

    private void compare(SequenceItem one, SequenceItem other, MateReaders mates) {
        if (one instanceof SequenceItem.Failure || other instanceof SequenceItem.Failure) {
            comparing = false; // what follows is out of step by its own fault
            return;
        }
        String problem = one != null && other != null
                ? check.problem((SequenceItem.Parsed) one, (SequenceItem.Parsed) other, mates.mark(0), mates.mark(1))
                : String.format(Locale.ROOT, "Expected as many records as in the other file, %d, got more", pairs);
        if (problem == null) {
            pairs++;
            return;
        }
        comparing = false;
        SequenceItem place = one == null ? other : one;
        disagreement = InspectionError.at(place.position(), InspectionError.MATES_DISAGREE, problem);
    }

    private PairInspection inspection() {
        FileInspection one = first.inspection();
        FileInspection other = second.inspection();
        Verdict verdict = Verdict.ACCEPT;
        if (one.verdict() == Verdict.REJECT || other.verdict() == Verdict.REJECT) {
            verdict = Verdict.REJECT;
        } else if (disagreement != null) {
            verdict = Verdict.PAIR_REJECT;
        }
        return new PairInspection(one, other, verdict, pairs, disagreement);
    }
}
