package io.kmerflow.sequence.file;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.file.LineReader.Line;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.token.Nucleotide;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Streams FASTQ of four lines a record, qualities at offset 33. After a malformed record it goes on at the next line
 * that begins a record which parses together with its successor: '@' is a quality character too, so that one line alone
 * proves nothing. The lines in between are one failure.
 */
public final class FastqReader implements SequenceReader {
    private static final int RECORD_LINES = 4;

    private static final int MAX_BLANK_LINES_AHEAD = 8;

    private final LineReader lines;
    private final ItemPositions positions = new ItemPositions();
    private boolean damageReported;

    /** @param in uncompressed FASTQ, or what {@link SequenceFiles#decompress} makes of a compressed one; closed with this */
    public FastqReader(InputStream in) {
        this.lines = new LineReader(in);
    }

    @Override
    public SequenceItem next() throws IOException {
        dropBlankLines();
        Line header = lines.peek(0);
        if (header == null) {
            return end();
        }
        Attempt attempt = parse(0);
        if (attempt.problem != null) {
            return failure(header.number(), attempt.problem);
        }
        drop(RECORD_LINES);
        dropBlankLines();
        return new Parsed(positions.next(header.number()), text(header), attempt.bases, attempt.phredQualities);
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
        if (!lines.peek(0).startsWith('@') || parse(0).problem != null) {
            return false;
        }
        int successor = RECORD_LINES;
        Line line = lines.peek(successor);
        while (line != null && line.blank() && successor < RECORD_LINES + MAX_BLANK_LINES_AHEAD) {
            line = lines.peek(++successor);
        }
        return line == null || parse(successor).problem == null;
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

    /** What parsing at one line gave: a record's arrays, or the problem. */
    private record Attempt(byte[] bases, byte[] phredQualities, String problem) {
        static Attempt failed(String problem) {
            return new Attempt(null, null, problem);
        }
    }

    private Attempt parse(int at) throws IOException {
        Line header = lines.peek(at);
        if (!header.startsWith('@')) {
            return Attempt.failed("Expected a line that begins with '@', got " + header.quoted());
        }
        if (header.bytes().length == 1 || header.bytes()[1] == ' ' || header.bytes()[1] == '\t') {
            return Attempt.failed("Expected a read name after '@', got none");
        }
        Line bases = lines.peek(at + 1);
        Line separator = lines.peek(at + 2);
        Line qualities = lines.peek(at + 3);
        if (qualities == null) {
            return Attempt.failed("Expected four lines, the file ends within the record");
        }
        if (!separator.startsWith('+')) {
            return Attempt.failed("Expected a third line that begins with '+', got " + separator.quoted());
        }
        if (qualities.bytes().length != bases.bytes().length) {
            return Attempt.failed("Expected %d quality characters, one per base, got %d"
                    .formatted(bases.bytes().length, qualities.bytes().length));
        }
        try {
            Nucleotide.normalize(bases.bytes()); // checks; the read keeps its case and codes
            return new Attempt(bases.bytes(), PhredQualities.fromPhred33(qualities.bytes()), null);
        } catch (MalformedReadException e) {
            return Attempt.failed(e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
