package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Two files of mates, read side by side: each record gets the name, the mate number and, where its own header has none, the
 * run that the two files together tell. Used by one thread.
 */
public final class MateReaders implements Closeable {
    private static final long DECIDING_BASES = 1 << 23;

    private final SequenceReader[] readers;
    private final List<Deque<SequenceItem>> ahead = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final int[] marks = new int[2];
    private final String[] runIds = new String[2];
    private MateNames names;

    /**
     * @param first of first mates; closed with this
     * @param second of second mates; closed with this
     */
    public MateReaders(SequenceReader first, SequenceReader second) {
        readers = new SequenceReader[] {first, second};
    }

    /**
     * The next item of one of the files, or null at its end.
     *
     * @param side 0 for first mates, 1 for second ones
     */
    public SequenceItem next(int side) throws IOException {
        names();
        SequenceItem item = ahead.get(side).poll();
        if (item == null) {
            item = readers[side].next();
        }
        if (!(item instanceof Parsed parsed)) {
            return item;
        }
        ReadHeader header = parsed.readHeader();
        marks[side] = names.mark(header, side);
        runIds[side] = header.runId() == null ? runIds[side] : header.runId();
        ReadHeader mate = names.apply(header, side);
        return parsed.with(mate.runId() == null ? mate.with(mate.readId(), mate.mate(), runIds[1 - side]) : mate);
    }

    /** The rule that the first records of both files decide; these are read ahead for it. */
    public MateNames names() throws IOException {
        if (names == null) {
            names = MateNames.of(lookAhead(0), lookAhead(1));
        }
        return names;
    }

    /** The mate number that the record given last for a side gives itself: 1 to 3, or 0. */
    public int mark(int side) {
        return marks[side];
    }

    private List<ReadHeader> lookAhead(int side) throws IOException {
        List<ReadHeader> headers = new ArrayList<>();
        long bases = 0;
        while (headers.size() < MateNames.DECIDING_RECORDS && bases < DECIDING_BASES) {
            SequenceItem item = readers[side].next();
            if (item == null) {
                break;
            }
            ahead.get(side).add(item);
            if (item instanceof Parsed parsed) {
                ReadHeader header = parsed.readHeader();
                headers.add(header);
                bases += parsed.bases().length;
                runIds[side] = runIds[side] == null ? header.runId() : runIds[side];
            }
        }
        return headers;
    }

    @Override
    public void close() throws IOException {
        try {
            readers[0].close();
        } finally {
            readers[1].close();
        }
    }
}
