package io.kmerflow.files.read;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.InterleavedReader;
import io.kmerflow.sequence.file.QualityEncodingGuard;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZInputStream;

/**
 * Opens what {@link SequenceFiles} opens, and bzip2, xz and Zstandard, SAM, BAM and CRAM besides, told by content. A file is
 * opened once and read forward: what is looked at first is put back, so that pipes are read as files are.
 */
public final class ReadFiles {
    /** System property with the FASTA file of CRAM files' reference. */
    public static final String REFERENCE = "samjdk.reference_fasta";

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int SIGNATURE_BYTES = 6;
    private static final int MOST_COMPRESSIONS = 4; // one in another; more is an attack
    private static final int XZ_MEMORY_KIB = 1 << 19; // xz -9 takes an eighth of it; a header can ask for any amount
    private static final Pattern NEVER_EMPTY = Pattern.compile(".*\\.(gz|bgz|bz2|xz|zst|bam|cram)");

    private ReadFiles() {}

    /**
     * Opens a file of reads.
     *
     * @param path file, or {@value SequenceFiles#STANDARD_INPUT} for standard input
     * @param encoding of a FASTQ file's qualities
     * @throws IOException if it cannot be opened
     */
    public static SequenceReader open(String path, QualityEncoding encoding) throws IOException {
        return open(stream(path), path, encoding);
    }

    /** @param path what the stream is called */
    static SequenceReader open(InputStream in, String path, QualityEncoding encoding) throws IOException {
        try {
            BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
            byte[] start = SequenceFiles.peek(buffered, AlignmentFormat.BYTES);
            if (start.length == 0
                    && NEVER_EMPTY.matcher(path.toLowerCase(Locale.ROOT)).matches()) {
                in.close();
                return new NoBytesReader();
            }
            if (AlignmentFormat.isBinary(start)) {
                return new AlignmentReader(buffered, path, reference());
            }
            BufferedInputStream text = new BufferedInputStream(decompress(buffered), BUFFER_BYTES);
            return AlignmentFormat.isText(SequenceFiles.peek(text, AlignmentFormat.BYTES))
                    ? new AlignmentReader(text, path, reference())
                    : SequenceFiles.ofText(text, encoding);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Opens a file of reads as its options say; without an encoding only one at offset 33 is read.
     *
     * @throws IOException if it cannot be opened
     */
    public static SequenceReader open(InputFile file) throws IOException {
        return open(stream(file.path()), file);
    }

    /** @param in of that file, not yet read */
    static SequenceReader open(InputStream in, InputFile file) throws IOException {
        SequenceReader reader = file.qualityEncoding() == null
                ? guarded(open(in, file.path(), QualityEncoding.PHRED33))
                : open(in, file.path(), file.qualityEncoding());
        // Flags tell the mates of alignments, in any order.
        return file.interleaved() && !(reader instanceof AlignmentReader) ? new InterleavedReader(reader) : reader;
    }

    /** Alignments have numbers, text may have another offset. */
    private static SequenceReader guarded(SequenceReader reader) {
        return reader instanceof AlignmentReader ? reader : new QualityEncodingGuard(reader);
    }

    /** Whether a file that can be read again is SAM, BAM or CRAM. */
    public static boolean isAlignments(String path) throws IOException {
        try (SequenceReader reader = open(path, QualityEncoding.PHRED33)) {
            return reader instanceof AlignmentReader;
        }
    }

    /** Whether a file's bytes are gone once they are read: standard input, a pipe, a device. */
    public static boolean isReadOnce(String path) {
        return path.equals(SequenceFiles.STANDARD_INPUT)
                || Files.exists(Path.of(path)) && !Files.isRegularFile(Path.of(path));
    }

    private static Path reference() {
        String given = System.getProperty(REFERENCE);
        return given == null ? null : Path.of(given);
    }

    /** The bytes of a file, decompressed: those that the positions of its records count. */
    public static InputStream decompressed(String path) throws IOException {
        return decompress(new BufferedInputStream(stream(path), BUFFER_BYTES));
    }

    /** A file's bytes as they are, from the first on; standard input for {@value SequenceFiles#STANDARD_INPUT}. */
    static InputStream stream(String path) throws IOException {
        if (path.equals(SequenceFiles.STANDARD_INPUT)) {
            return System.in;
        }
        // A channel asks a pipe for its position, which it has not.
        return isReadOnce(path) ? new FileInputStream(path) : Files.newInputStream(Path.of(path));
    }

    /** The stream itself, or decompressed if it begins as a compressed one does, and once more if that does. */
    private static InputStream decompress(BufferedInputStream in) throws IOException {
        BufferedInputStream outer = in;
        for (int i = 0; i < MOST_COMPRESSIONS; i++) {
            InputStream inner = decompressOnce(outer);
            if (inner == outer) {
                return outer;
            }
            outer = new BufferedInputStream(inner, BUFFER_BYTES);
        }
        return outer;
    }

    private static InputStream decompressOnce(BufferedInputStream in) throws IOException {
        byte[] first = SequenceFiles.peek(in, SIGNATURE_BYTES);
        if (first.length >= 3 && first[0] == 'B' && first[1] == 'Z' && first[2] == 'h') {
            return new Damageable(in, "bzip2", bytes -> new BZip2CompressorInputStream(bytes, true));
        }
        if (Arrays.equals(first, XZ.HEADER_MAGIC)) {
            return new Damageable(in, "xz", bytes -> new XZInputStream(bytes, XZ_MEMORY_KIB));
        }
        if (isZstandard(first)) {
            return new Damageable(in, "Zstandard", ReadFiles::zstandard);
        }
        return SequenceFiles.isGzip(first) ? SequenceFiles.decompress(in) : in;
    }

    /** A frame, or one that is to be skipped, as parallel compressors write first. */
    private static boolean isZstandard(byte[] first) {
        if (first.length < 4) {
            return false;
        }
        boolean frame = first[0] == 0x28 && (first[1] & 0xff) == 0xb5 && first[2] == 0x2f && (first[3] & 0xff) == 0xfd;
        boolean skipped = (first[0] & 0xf0) == 0x50 && first[1] == 0x2a && first[2] == 0x4d && first[3] == 0x18;
        return frame || skipped;
    }

    private static InputStream zstandard(InputStream compressed) throws IOException {
        try {
            return new ZstdCompressorInputStream(compressed);
        } catch (LinkageError e) {
            throw new UnusableLibraryException(
                    String.format(
                            Locale.ROOT,
                            "Expected to load the library for Zstandard from the temporary folder %s, got: %s; give another with -Djava.io.tmpdir, or decompress the file",
                            System.getProperty("java.io.tmpdir"),
                            e.getMessage()),
                    e);
        }
    }

    /** What is wrong with this machine, not with the file. */
    private static final class UnusableLibraryException extends IOException {
        private static final long serialVersionUID = 1L;

        UnusableLibraryException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private interface Decompressor {
        InputStream of(InputStream compressed) throws IOException;
    }

    /** Says of a failing decompressor that the stream is damaged, so that the records before it count. */
    private static final class Damageable extends InputStream {
        private final InputStream in;
        private final String compression;
        private final Decompressor decompressor;
        private InputStream decompressed;
        private DamagedStreamException damage;

        Damageable(InputStream in, String compression, Decompressor decompressor) {
            this.in = in;
            this.compression = compression;
            this.decompressor = decompressor;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (damage != null) {
                throw damage; // some decompressors take a second call after a failure for a clean end
            }
            try {
                if (decompressed == null) {
                    decompressed = decompressor.of(in); // reads the first block, which may be cut
                }
                return decompressed.read(target, offset, length);
            } catch (UnusableLibraryException e) {
                throw e;
            } catch (IOException | RuntimeException e) { // bzip2 runs out of its arrays on some damage
                damage = new DamagedStreamException(
                        Reason.DAMAGED_COMPRESSION,
                        String.format(
                                Locale.ROOT,
                                "Expected a whole %s stream, got a damaged or cut one (%s)",
                                compression,
                                e.getMessage() == null ? "the file ends within it" : e.getMessage()));
                throw damage;
            }
        }

        @Override
        public void close() throws IOException {
            if (decompressed != null) {
                decompressed.close();
            }
            in.close();
        }
    }
}
