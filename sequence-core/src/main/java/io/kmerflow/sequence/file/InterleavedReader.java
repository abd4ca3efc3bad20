package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A file in which mates follow one another: of two neighbouring records of one name ({@link MateNames}) the first is mate 1,
 * the second mate 2, unless their headers say. A record whose neighbour has another name stands alone.
 */
public final class InterleavedReader implements SequenceReader {
    private static final long DECIDING_BASES = 1 << 23;

    private final SequenceReader source;
    private final Deque<SequenceItem> ahead = new ArrayDeque<>();
    private MateNames names;
    private ReadHeader firstMate;
    private boolean paired;
    private int mark;

    /** @param source closed with this reader */
    public InterleavedReader(SequenceReader source) {
        this.source = source;
    }

    @Override
    public SequenceItem next() throws IOException {
        if (names == null) {
            names = MateNames.ofInterleaved(lookAhead());
        }
        SequenceItem item = ahead.isEmpty() ? source.next() : ahead.poll();
        if (!(item instanceof Parsed parsed)) {
            return item;
        }
        ReadHeader header = parsed.readHeader();
        if (firstMate != null) {
            ReadHeader first = firstMate;
            firstMate = null;
            return given(parsed, header, 1, first);
        }
        Parsed following = following();
        paired = following != null && names.areMates(header, following.readHeader());
        if (!paired) {
            return parsed.with(names.applyAlone(header));
        }
        firstMate = header;
        return given(parsed, header, 0, following.readHeader());
    }

    private Parsed given(Parsed parsed, ReadHeader header, int side, ReadHeader other) {
        mark = names.mark(header, side);
        int otherMark = names.mark(other, 1 - side);
        ReadHeader mate = names.apply(header, side);
        // Marked alike, or one of them not at all: the place tells.
        int number = mark == otherMark || mark == 0 || otherMark == 0 ? side + 1 : mate.mate();
        return parsed.with(mate.with(mate.readId(), number, header.runId() == null ? other.runId() : header.runId()));
    }

    /** Whether the record given last has its mate beside it. */
    public boolean paired() {
        return paired;
    }

    /** The mate number that the record given last, one of a pair, gives itself: 1 to 3, or 0. */
    public int mark() {
        return mark;
    }

    private List<ReadHeader> lookAhead() throws IOException {
        List<ReadHeader> headers = new ArrayList<>();
        long bases = 0;
        while (headers.size() < MateNames.DECIDING_RECORDS && bases < DECIDING_BASES) {
            SequenceItem item = source.next();
            if (item == null) {
                break;
            }
            ahead.add(item);
            if (item instanceof Parsed parsed) {
                headers.add(parsed.readHeader());
                bases += parsed.bases().length;
            }
        }
        return headers;
    }

    /** The next record, which stays to be given; failures before it too. Null at the end. */
    private Parsed following() throws IOException {
        for (SequenceItem item : ahead) {
            if (item instanceof Parsed parsed) {
                return parsed;
            }
        }
        for (SequenceItem item = source.next(); item != null; item = source.next()) {
            ahead.add(item);
            if (item instanceof Parsed parsed) {
                return parsed;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
