package io.kmerflow.sequence.file;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.FastqRecordParser.Attempt;
import io.kmerflow.sequence.file.LineReader.Line;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Streams FASTQ, sequence and qualities on one line each or wrapped. After a malformed record it goes on at the next
 * line that begins a record which parses together with its successor: '@' is a quality character too, so that one line
 * alone proves nothing. The lines in between are one failure. Blank lines between records are skipped; within a record
 * they are malformed, save those of a read trimmed to nothing.
 */
public final class FastqReader implements SequenceReader {
    private static final int MAX_BLANK_LINES_AHEAD = 8;

    private final LineReader lines;
    private final FastqRecordParser parser;
    private final ItemPositions positions = new ItemPositions();
    private boolean damageReported;

    /** Qualities at offset 33; else as {@link #FastqReader(InputStream, QualityEncoding)}. */
    public FastqReader(InputStream in) {
        this(in, QualityEncoding.PHRED33);
    }

    /**
     * @param in uncompressed FASTQ, or what {@link SequenceFiles#decompress} makes of a compressed one; closed with this
     * @param encoding of the qualities; a character that it has not makes its record malformed
     */
    public FastqReader(InputStream in, QualityEncoding encoding) {
        this.lines = new LineReader(in);
        this.parser = new FastqRecordParser(lines, encoding);
    }

    @Override
    public SequenceItem next() throws IOException {
        dropBlankLines();
        Line header = lines.peek(0);
        if (header == null) {
            return end();
        }
        Attempt attempt = parser.parse(0);
        if (attempt.failed()) {
            return failure(header.number(), attempt.problem());
        }
        drop(attempt.lines());
        dropBlankLines();
        return new Parsed(positions.next(header.number()), text(header), attempt.bases(), attempt.phredQualities());
    }

    private Failure failure(long line, String problem) throws IOException {
        drop(1);
        while (lines.peek(0) != null && !resynchronised()) {
            drop(1);
        }
        DamagedStreamException damage = lines.peek(0) == null ? lines.damage() : null;
        if (damage != null) {
            damageReported = true;
            return new Failure(positions.next(line), damage.reason(), damage.getMessage());
        }
        return new Failure(positions.next(line), Reason.MALFORMED_RECORD, problem);
    }

    private boolean resynchronised() throws IOException {
        Attempt attempt = parser.parse(0);
        if (attempt.failed()) {
            return false;
        }
        int successor = attempt.lines();
        Line line = lines.peek(successor);
        while (line != null && line.blank() && successor < attempt.lines() + MAX_BLANK_LINES_AHEAD) {
            line = lines.peek(++successor);
        }
        return line == null || !parser.parse(successor).failed();
    }

    private SequenceItem end() {
        DamagedStreamException damage = damageReported ? null : lines.damage();
        if (damage != null) {
            damageReported = true;
            return new Failure(positions.next(lines.count() + 1), damage.reason(), damage.getMessage());
        }
        if (positions.unclaimedBytes() > 0) {
            return new Failure(
                    positions.next(1), Reason.MALFORMED_RECORD, "Expected a record, got nothing but blank lines");
        }
        return null;
    }

    private void dropBlankLines() throws IOException {
        for (Line line = lines.peek(0); line != null && line.blank(); line = lines.peek(0)) {
            drop(1);
        }
    }

    private void drop(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            positions.passed(lines.next());
        }
    }

    private static String text(Line header) {
        return new String(header.bytes(), 1, header.bytes().length - 1, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
