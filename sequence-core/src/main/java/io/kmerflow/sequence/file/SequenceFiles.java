package io.kmerflow.sequence.file;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens sequence files by what is in them, not by their names. */
public final class SequenceFiles {
    /** Stands for standard input. */
    public static final String STANDARD_INPUT = "-";

    private static final int PROBE_BYTES = 1 << 16;
    private static final int SIGNATURE_BYTES = 4;

    private SequenceFiles() {}

    /**
     * Opens a FASTQ or FASTA file, plain or gzip.
     *
     * @param path file, or {@value #STANDARD_INPUT} for standard input
     * @throws IOException if the file cannot be opened
     */
    public static SequenceReader open(String path) throws IOException {
        return open(path.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(path)));
    }

    /** Reads FASTQ with qualities at offset 33, or FASTA; as {@link #open(InputStream, QualityEncoding)}. */
    public static SequenceReader open(InputStream in) throws IOException {
        return open(in, QualityEncoding.PHRED33);
    }

    /**
     * Reads FASTQ or FASTA, plain or gzip, from a stream. A stream that is neither gives one failure that covers it; one
     * without a byte gives no item.
     *
     * @param in closed with the reader, and on failure here
     * @param encoding of a FASTQ file's qualities
     */
    public static SequenceReader open(InputStream in, QualityEncoding encoding) throws IOException {
        try {
            return ofText(decompress(in), encoding);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads FASTQ or FASTA from text, told apart by its start. What is neither gives a failure that says what it seems to
     * be.
     *
     * @param in uncompressed, or a stream that throws {@link DamagedStreamException}; closed with the reader
     * @param encoding of a FASTQ file's qualities
     */
    public static SequenceReader ofText(InputStream in, QualityEncoding encoding) throws IOException {
        BufferedInputStream text = new BufferedInputStream(in, PROBE_BYTES);
        StreamStart start = new StreamStart(peek(text, StreamStart.BYTES));
        String other = start.otherThanReads();
        SequenceReader reader =
                start.isFasta() ? new FastaReader(text, start.isProtein()) : new FastqReader(text, encoding);
        return other == null
                ? reader
                : new HintedReader(reader, "Expected FASTQ, FASTA, SAM, BAM or CRAM, got what looks like " + other);
    }

    /**
     * The first bytes of a stream, which is put back to its start. Fewer at its end, or where it is damaged: the reader
     * meets the damage again and reports it with its position.
     *
     * @param in with a buffer of at least that many bytes
     */
    public static byte[] peek(BufferedInputStream in, int bytes) throws IOException {
        in.mark(bytes);
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        byte[] some = new byte[bytes];
        try {
            for (int count = 0; count >= 0 && first.size() < bytes; count = in.read(some, 0, bytes - first.size())) {
                first.write(some, 0, count);
            }
        } catch (DamagedStreamException e) {
            // what came before it tells enough
        }
        in.reset();
        return first.toByteArray();
    }

    /**
     * The stream itself, or decompressed if it begins as gzip does (1F 8B). One that begins as another compression does
     * gives no byte but {@link Reason#UNSUPPORTED_COMPRESSION}.
     */
    public static InputStream decompress(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, PROBE_BYTES);
        byte[] first = peek(buffered, SIGNATURE_BYTES);
        if (isGzip(first)) {
            return new GzipMembersInputStream(buffered);
        }
        String unsupported = unsupportedCompression(new String(first, StandardCharsets.ISO_8859_1));
        return unsupported == null ? buffered : new UnsupportedInputStream(buffered, unsupported);
    }

    /** Whether a stream that begins so is gzip. */
    public static boolean isGzip(byte[] first) {
        return first.length >= 2 && first[0] == 0x1f && first[1] == (byte) 0x8b;
    }

    private static String unsupportedCompression(String first) {
        return switch (first) {
            case "\u00fd7zX" -> "xz";
            case "(\u00b5/\u00fd" -> "Zstandard";
            default -> first.startsWith("BZh") ? "bzip2" : null;
        };
    }

    /** Stands for a compressed stream that cannot be read. */
    private static final class UnsupportedInputStream extends FilterInputStream {
        private final String compression;

        UnsupportedInputStream(InputStream in, String compression) {
            super(in);
            this.compression = compression;
        }

        @Override
        public int read() throws IOException {
            throw new DamagedStreamException(
                    Reason.UNSUPPORTED_COMPRESSION, "Expected plain text or gzip, got " + compression);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read();
        }
    }
}
