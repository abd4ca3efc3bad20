package io.kmerflow.sequence.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines with their place in the stream, and a look ahead of any length. LF and CRLF end a line. */
final class LineReader implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int COMPACT_AFTER_LINES = 4096;

    /**
     * One line.
     *
     * @param bytes without its line end
     * @param start first byte in the stream
     * @param end one past its line end
     * @param number from 1
     */
    record Line(byte[] bytes, long start, long end, long number) {
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

        /** The first 40 bytes in quotes, anything but printable ASCII as '?'. */
        String quoted() {
            int shown = Math.min(bytes.length, 40);
            StringBuilder text = new StringBuilder("'");
            for (int i = 0; i < shown; i++) {
                text.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '?');
            }
            return text.append(shown < bytes.length ? "...'" : "'").toString();
        }
    }

    private final InputStream in;
    private final List<Line> ahead = new ArrayList<>(); // from aheadStart on; as many as a wrapped record has
    private int aheadStart;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long streamOffset;
    private long lines;
    private boolean ended;
    private DamagedStreamException damage;

    LineReader(InputStream in) {
        this.in = in;
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
    Line next() throws IOException {
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
    DamagedStreamException damage() {
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
            scanned -= position;
            fill();
            scanned += position;
        }
    }

    private Line line(int contentEnd, int end) {
        int trimmed = contentEnd > position && buffer[contentEnd - 1] == '\r' ? contentEnd - 1 : contentEnd;
        byte[] bytes = Arrays.copyOfRange(buffer, position, trimmed);
        Line line = new Line(bytes, streamOffset, streamOffset + end - position, ++lines);
        streamOffset += end - position;
        position = end;
        return line;
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
