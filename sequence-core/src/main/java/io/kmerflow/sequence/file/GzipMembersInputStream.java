package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip (RFC 1952) of any number of members, as block-wise writers and {@code cat a.gz b.gz} make them. The
 * JDK's own stream takes a cut between two members for the end, and bytes after a member for padding; this one reports
 * both. Zero bytes after the last member are padding (tape blocks), as for gzip itself.
 */
final class GzipMembersInputStream extends InputStream {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private boolean inMember;
    private boolean ended;
    private long compressedOffset;
    private DamagedStreamException damage;

    GzipMembersInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (damage != null) {
            throw damage; // the end of a damaged stream is never taken for a clean one
        }
        try {
            return inflate(target, offset, length);
        } catch (DamagedStreamException e) {
            damage = e;
            throw e;
        }
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        while (!ended) {
            if (!inMember && !beginMember()) {
                ended = true;
                return -1;
            }
            int count = inflateSome(target, offset, length);
            if (count > 0) {
                crc.update(target, offset, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else {
                refillInflater();
            }
        }
        return -1;
    }

    private int inflateSome(byte[] target, int offset, int length) throws DamagedStreamException {
        try {
            int count = inflater.inflate(target, offset, length);
            if (count == 0 && inflater.needsDictionary()) {
                throw damaged("a preset dictionary, which gzip has none of");
            }
            return count;
        } catch (DataFormatException e) {
            throw damaged("bytes that do not decompress (" + e.getMessage() + ")");
        }
    }

    private void refillInflater() throws IOException {
        if (position == limit && !fill()) {
            throw truncated();
        }
        inflater.setInput(buffer, position, limit - position);
        compressedOffset += limit - position;
        position = limit;
    }

    private boolean beginMember() throws IOException {
        int first = nextOrEnd();
        boolean padding = compressedOffset > 1 && first == 0;
        while (padding && first == 0) {
            first = nextOrEnd();
        }
        if (first < 0) {
            return false;
        }
        if (first != 0x1f || next() != 0x8b || next() != 8) {
            throw damaged("bytes that are no gzip member");
        }
        int flags = next();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        skipText((flags & NAME) != 0);
        skipText((flags & COMMENT) != 0);
        skip((flags & HEADER_CRC) != 0 ? 2 : 0);
        inflater.reset();
        crc.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        int left = inflater.getRemaining();
        position = limit - left;
        compressedOffset -= left;
        long expectedCrc = nextInt();
        long expectedSize = nextInt();
        if (expectedCrc != crc.getValue() || expectedSize != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw damaged("a checksum that does not hold");
        }
        inMember = false;
    }

    private void skipText(boolean present) throws IOException {
        while (present && next() != 0) {
            continue;
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private long nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private int next() throws IOException {
        int value = nextOrEnd();
        if (value < 0) {
            throw truncated();
        }
        return value;
    }

    private int nextOrEnd() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        compressedOffset++;
        return buffer[position++] & 0xff;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    private DamagedStreamException truncated() {
        return new DamagedStreamException(
                Reason.TRUNCATED_GZIP,
                "Expected the end of a gzip member, the file ends at compressed byte " + compressedOffset);
    }

    private DamagedStreamException damaged(String got) {
        return new DamagedStreamException(
                Reason.DAMAGED_GZIP,
                String.format(Locale.ROOT, "Expected gzip, got %s before compressed byte %d", got, compressedOffset));
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        ended = true;
        in.close();
    }
}
