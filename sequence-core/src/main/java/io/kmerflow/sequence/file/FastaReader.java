package io.kmerflow.sequence.file;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.LineReader.Line;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Streams FASTA, the sequence on any number of lines. A line that begins with '>' begins a record, so a malformed record
 * never harms the next one; one that begins with ';' is a comment. The last record before a cut in a compressed file is a failure: nothing says it was whole.
 */
public final class FastaReader implements SequenceReader {
    /** More than any read or contig has, fewer than a heap holds. */
    private static final int MAX_BASES = 1 << 28;

    private final LineReader lines;
    private final ItemPositions positions = new ItemPositions();
    private final boolean protein;
    private final int maxBases;
    private boolean damageReported;

    /** @param in uncompressed FASTA, or what {@link SequenceFiles#decompress} makes of a compressed one; closed with this */
    public FastaReader(InputStream in) {
        this(in, false);
    }

    /** @param protein whether its sequences are known to be proteins: every record is refused then, and told why */
    FastaReader(InputStream in, boolean protein) {
        this(new LineReader(in), protein, MAX_BASES);
    }

    /**
     * @param lines closed with this
     * @param maxBases of a sequence that is kept
     */
    FastaReader(LineReader lines, boolean protein, int maxBases) {
        this.lines = lines;
        this.protein = protein;
        this.maxBases = maxBases;
    }

    @Override
    public SequenceItem next() throws IOException {
        Line first = take();
        while (first != null && (first.blank() || first.startsWith(';')) && lines.peek(0) != null) {
            first = take();
        }
        if (first == null) {
            return damageReported || lines.damage() == null ? null : damaged(lines.count() + 1);
        }
        ByteArrayOutputStream sequence = new ByteArrayOutputStream();
        long bases = 0;
        for (Line line = lines.peek(0); line != null && !line.startsWith('>'); line = lines.peek(0)) {
            byte[] bytes = take().bytes();
            bases += line.overlong() ? line.end() - line.start() : trimmedLength(bytes);
            if (!line.startsWith(';') && bases <= maxBases) {
                sequence.write(bytes, 0, trimmedLength(bytes));
            }
        }
        if (lines.peek(0) == null && lines.damage() != null) {
            return damaged(first.number());
        }
        return item(first, sequence.toByteArray(), bases > maxBases);
    }

    private SequenceItem item(Line header, byte[] bases, boolean tooLong) {
        FilePosition position = positions.next(header.number());
        if (!header.startsWith('>')) {
            return malformed(position, "Expected a line that begins with '>', got " + header.quoted());
        }
        String text = new String(header.bytes(), 1, header.bytes().length - 1, StandardCharsets.UTF_8);
        if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(0) == '\t') {
            return malformed(position, "Expected a read name after '>', got none");
        }
        if (header.hasCarriageReturn()) {
            return malformed(position, String.format(Locale.ROOT, FastqRecordParser.LINE_ENDS, header.quoted()));
        }
        if (header.overlong()) {
            return malformed(position, FastqRecordParser.LINE_LENGTH);
        }
        if (tooLong) {
            return malformed(position, String.format(Locale.ROOT, "Expected at most %,d bases, got more", maxBases));
        }
        if (protein) {
            return malformed(position, "Expected nucleotides, got a file that looks like protein");
        }
        try {
            Nucleotide.normalize(bases); // checks; the read keeps its case and codes
            return new Parsed(position, text, bases, null);
        } catch (MalformedReadException e) {
            return malformed(position, e.getMessage());
        }
    }

    private static Failure malformed(FilePosition position, String message) {
        return new Failure(position, Reason.MALFORMED_RECORD, message);
    }

    private Failure damaged(long line) {
        damageReported = true;
        return new Failure(
                positions.next(line), lines.damage().reason(), lines.damage().getMessage());
    }

    private Line take() throws IOException {
        Line line = lines.next();
        if (line != null) {
            positions.passed(line);
        }
        return line;
    }

    private static int trimmedLength(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\t')) {
            length--;
        }
        return length;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
