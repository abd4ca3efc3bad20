package io.kmerflow.sequence.file;

import io.kmerflow.sequence.ShownBytes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lines with their place in the stream, and a look ahead of any length. LF and CRLF end a line; a carriage return alone
 * does not. A UTF-8 byte-order mark before a line is no part of it.
 */
public final class LineReader implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int COMPACT_AFTER_LINES = 4096;
    private static final int SHOWN_BYTES = 40;

    /** More than any line of a read has, fewer bytes than a heap holds; of a longer line only the start is kept. */
    static final int MAX_LINE_BYTES = 1 << 28;

    /**
     * One line.
     *
     * @param bytes without its line end; the first few of a line that is {@link #overlong}
     * @param start first byte in the stream
     * @param end one past its line end
     * @param number from 1
     * @param overlong whether it has more than {@value LineReader#MAX_LINE_BYTES} bytes, and so is part of no record
     */
    public record Line(byte[] bytes, long start, long end, long number, boolean overlong) {
        boolean startsWith(char first) {
            return bytes.length > 0 && bytes[0] == first;
        }

        boolean blank() {
            for (byte value : bytes) {
                if (value != ' ' && value != '\t') {
                    return false;
                }
            }
            return true;
        }

        /** Whether it has a carriage return that ends no line. */
        boolean hasCarriageReturn() {
            for (byte value : bytes) {
                if (value == '\r') {
                    return true;
                }
            }
            return false;
        }

        /** The first {@value LineReader#SHOWN_BYTES} bytes in quotes, for a message. */
        String quoted() {
            return ShownBytes.quoted(bytes, SHOWN_BYTES);
        }
    }

    private final InputStream in;
    private final int maxLineBytes;
    private final List<Line> ahead = new ArrayList<>(); // from aheadStart on; as many as a wrapped record has
    private int aheadStart;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long streamOffset;
    private long lines;
    private boolean ended;
    private DamagedStreamException damage;

    /** @param in uncompressed; closed with the reader */
    public LineReader(InputStream in) {
        this(in, MAX_LINE_BYTES);
    }

    /** @param maxLineBytes of a line that is kept as a whole, its end with it */
    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /** The line {@code index} lines ahead, 0 the next one, or null behind the end. Nothing is consumed. */
    Line peek(int index) throws IOException {
        while (ahead.size() - aheadStart <= index) {
            Line line = read();
            if (line == null) {
                return null;
            }
            ahead.add(line);
        }
        return ahead.get(aheadStart + index);
    }

    /** Takes the next line, or null behind the end. */
    public Line next() throws IOException {
        if (ahead.isEmpty()) {
            return read();
        }
        Line line = ahead.set(aheadStart++, null);
        if (aheadStart == ahead.size() || aheadStart == COMPACT_AFTER_LINES) {
            ahead.subList(0, aheadStart).clear(); // not line by line: a long wrapped read has 50,000 of them
            aheadStart = 0;
        }
        return line;
    }

    /** Why the stream ended early, known once a line behind the end was asked for; null for a clean end. */
    public DamagedStreamException damage() {
        return damage;
    }

    /** Lines delivered or ahead. */
    long count() {
        return lines;
    }

    private Line read() throws IOException {
        int scanned = position;
        while (true) {
            for (int i = scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return line(i, i + 1);
                }
            }
            scanned = limit;
            if (ended) {
                return limit > position ? line(limit, limit) : null;
            }
            if (limit - position > maxLineBytes) {
                return overlongLine();
            }
            scanned -= position;
            fill();
            scanned += position;
        }
    }

    private Line line(int contentEnd, int end) {
        int trimmed = contentEnd > position && buffer[contentEnd - 1] == '\r' ? contentEnd - 1 : contentEnd;
        byte[] bytes = Arrays.copyOfRange(buffer, position + byteOrderMark(trimmed), trimmed);
        Line line =
                new Line(bytes, streamOffset, streamOffset + end - position, ++lines, end - position > maxLineBytes);
        streamOffset += end - position;
        position = end;
        return line;
    }

    /** Bytes of the mark that the line begins with: 3 or 0. Files that were joined have marks within. */
    private int byteOrderMark(int end) {
        boolean mark = end - position >= 3
                && buffer[position] == (byte) 0xef
                && buffer[position + 1] == (byte) 0xbb
                && buffer[position + 2] == (byte) 0xbf;
        return mark ? 3 : 0;
    }

    /** Passes a line that is too long to be kept, up to its end. */
    private Line overlongLine() throws IOException {
        byte[] first = Arrays.copyOfRange(buffer, position, position + SHOWN_BYTES + 1);
        long start = streamOffset;
        streamOffset += limit - position;
        position = 0;
        limit = 0;
        buffer = new byte[BUFFER_BYTES];
        while (true) {
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    streamOffset += i + 1L - position;
                    position = i + 1;
                    return new Line(first, start, streamOffset, ++lines, true);
                }
            }
            streamOffset += limit - position;
            position = limit;
            if (ended) {
                return new Line(first, start, streamOffset, ++lines, true);
            }
            fill();
        }
    }

    private void fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2); // one line longer than the buffer
        }
        try {
            int count = in.read(buffer, limit, buffer.length - limit);
            if (count < 0) {
                ended = true;
            } else {
                limit += count;
            }
        } catch (DamagedStreamException e) {
            damage = e;
            ended = true;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
