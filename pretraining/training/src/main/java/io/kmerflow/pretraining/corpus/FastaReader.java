package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.ShownBytes;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Reads FASTA one sequence at a time, plain or gzip (told by its first two bytes). Bases come out upper case, U as T, IUPAC
 * codes and '.' as N; a line that begins with ';' is a comment. Not safe for several threads.
 */
public final class FastaReader implements Closeable {
    /**
     * One sequence.
     *
     * @param header the line after '&gt;', trimmed
     * @param bases upper-case ASCII A C G T N
     */
    public record Sequence(String header, byte[] bases) {
        /** First word of the header. */
        public String name() {
            return header.split("\\s", 2)[0];
        }
    }

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int limit;
    private long line = 1;
    private boolean started;

    /** @throws IOException if the file cannot be opened, or starts like gzip and is not */
    public FastaReader(Path path) throws IOException {
        this.path = path;
        this.in = open(path);
    }

    /** Opens a file of text for reading, unpacked if it is gzip, behind a UTF-8 byte-order mark if it begins with one. */
    public static InputStream open(Path path) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
        raw.mark(2);
        boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
        raw.reset();
        InputStream text = gzip ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES) : raw;
        text.mark(3);
        if (text.read() != 0xef || text.read() != 0xbb || text.read() != 0xbf) {
            text.reset();
        }
        return text;
    }

    /**
     * @return the next sequence, or null at the end
     * @throws CorpusException if the file is not FASTA; names file and line
     */
    public Sequence next() throws IOException {
        int first = read();
        while (!started && (first == '\n' || first == '\r' || first == ';')) {
            if (first == ';') {
                header(); // a comment
            }
            first = read();
        }
        if (first < 0) {
            return null;
        }
        if (first != '>') {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected '>' at the start of line %d of %s, got %s",
                    line,
                    path,
                    ShownBytes.character((byte) first)));
        }
        started = true;
        long headerLine = line;
        String header = header();
        if (header.indexOf('\r') >= 0) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected lines that end in LF or CRLF, got a carriage return alone in line %d of %s",
                    headerLine,
                    path));
        }
        byte[] bases = bases();
        if (bases.length == 0) {
            throw new CorpusException(String.format(
                    Locale.ROOT, "Expected bases after the header at line %d of %s, got none", headerLine, path));
        }
        try {
            return new Sequence(header, Nucleotide.normalize(bases));
        } catch (MalformedReadException e) {
            throw new CorpusException(
                    String.format(
                            Locale.ROOT, "%s, in the sequence at line %d of %s", e.getMessage(), headerLine, path),
                    e);
        }
    }

    private String header() throws IOException {
        byte[] text = new byte[128];
        int length = 0;
        for (int b = read(); b >= 0 && b != '\n'; b = read()) {
            if (length == text.length) {
                text = Arrays.copyOf(text, 2 * length);
            }
            text[length++] = (byte) b;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8).trim();
    }

    /** Bases up to the next header, line ends and blanks left out; stops before its '&gt;'. */
    private byte[] bases() throws IOException {
        byte[] bases = new byte[1 << 12];
        int length = 0;
        boolean lineStart = true;
        while (true) {
            int b = read();
            if (b < 0) {
                return Arrays.copyOf(bases, length);
            }
            if (b == '>' && lineStart) {
                at--;
                return Arrays.copyOf(bases, length);
            }
            if (b == ';' && lineStart) {
                header(); // a comment
                continue;
            }
            lineStart = b == '\n';
            if (b == '\n' || b == '\r' || b == ' ' || b == '\t') {
                continue;
            }
            if (length == bases.length) {
                bases = Arrays.copyOf(bases, (int) Math.min(2L * length, Integer.MAX_VALUE - 8));
            }
            bases[length++] = (byte) b;
        }
    }

    private int read() throws IOException {
        if (at == limit) {
            limit = in.read(buffer);
            at = 0;
            if (limit <= 0) {
                limit = 0;
                return -1;
            }
        }
        byte b = buffer[at++];
        if (b == '\n') {
            line++;
        }
        return b & 0xff;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
