package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A file in which mates follow one another: of two neighbouring records of one name the first is mate 1, the second mate 2,
 * unless their headers say. A record whose neighbour has another name stands alone.
 */
public final class InterleavedReader implements SequenceReader {
    private final SequenceReader source;
    private final Deque<SequenceItem> ahead = new ArrayDeque<>();
    private boolean secondMateNext;

    /** @param source closed with this reader */
    public InterleavedReader(SequenceReader source) {
        this.source = source;
    }

    @Override
    public SequenceItem next() throws IOException {
        SequenceItem item = ahead.isEmpty() ? source.next() : ahead.poll();
        if (!(item instanceof Parsed parsed)) {
            return item;
        }
        ReadHeader header = parsed.readHeader();
        if (secondMateNext) {
            secondMateNext = false;
            return withMate(parsed, header, 2);
        }
        Parsed following = following();
        secondMateNext = following != null && following.readHeader().readId().equals(header.readId());
        return secondMateNext ? withMate(parsed, header, 1) : parsed;
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

    private static Parsed withMate(Parsed parsed, ReadHeader header, int mate) {
        return new Parsed(
                parsed.position(),
                parsed.header(),
                parsed.bases(),
                parsed.phredQualities(),
                header.mate() == 0 ? header.withMate(mate) : header);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
