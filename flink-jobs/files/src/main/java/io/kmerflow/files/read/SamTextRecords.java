package io.kmerflow.files.read;

import htsjdk.samtools.DefaultSAMRecordFactory;
import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMLineParser;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMTextHeaderCodec;
import htsjdk.samtools.ValidationStringency;
import htsjdk.samtools.util.BufferedLineReader;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Header and records of SAM text, a line each, ended by LF or CRLF. A line that does not end is damage before it fills the
 * heap. A line that is no record leaves those behind it readable: htsjdk's own reader, one line ahead, would lose the one
 * before too.
 */
final class SamTextRecords implements AlignmentRecords {
    /** A record of a read of 4 Mbases with its signal table has some 40 MB. */
    static final int MAX_LINE_BYTES = 1 << 27;

    private static final int MAX_HEADER_BYTES = BamRecords.MAX_SECTION_BYTES;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final SAMFileHeader header;
    private final SAMLineParser parser;
    private String ahead;

    /**
     * Reads the header.
     *
     * @param in text; closed with this
     * @param path what htsjdk's messages call it
     * @throws DamagedStreamException if it ends within the header
     */
    SamTextRecords(InputStream in, String path) throws IOException {
        this(in, path, MAX_LINE_BYTES);
    }

    /** @param maxLineBytes of the longest line that is none too long */
    SamTextRecords(InputStream in, String path, int maxLineBytes) throws IOException {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
        StringBuilder text = new StringBuilder();
        for (ahead = line(); ahead != null && ahead.startsWith("@"); ahead = line()) {
            text.append(ahead).append('\n');
            if (text.length() > MAX_HEADER_BYTES) {
                throw tooLong("a header", MAX_HEADER_BYTES);
            }
        }
        SAMTextHeaderCodec codec = new SAMTextHeaderCodec();
        codec.setValidationStringency(ValidationStringency.SILENT);
        header = codec.decode(BufferedLineReader.fromString(text.toString()), path);
        parser = new SAMLineParser(new DefaultSAMRecordFactory(), ValidationStringency.SILENT, header, null, null);
    }

    @Override
    public SAMFileHeader header() {
        return header;
    }

    @Override
    public SAMRecord next() throws IOException {
        String next = ahead == null ? line() : ahead;
        ahead = null;
        while (next != null && next.isBlank()) {
            next = line();
        }
        return next == null ? null : parser.parseLine(next);
    }

    /** The next line without its end, or null behind the last. */
    private String line() throws IOException {
        line.reset();
        while (position < limit || fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, position, end - position);
            if (line.size() > maxLineBytes) {
                throw tooLong("lines", maxLineBytes);
            }
            if (end < limit) {
                position = end + 1;
                return text();
            }
            position = limit;
        }
        return line.size() == 0 ? null : text();
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    private String text() {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static DamagedStreamException tooLong(String what, int mostBytes) {
        return new DamagedStreamException(
                Reason.MALFORMED_RECORD,
                String.format(Locale.ROOT, "Expected %s of at most %d bytes, got more", what, mostBytes));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
