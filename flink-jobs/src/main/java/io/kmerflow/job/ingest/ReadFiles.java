package io.kmerflow.job.ingest;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.InterleavedReader;
import io.kmerflow.sequence.file.QualityEncodingGuard;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZInputStream;

/** Opens what {@link SequenceFiles} opens, and bzip2 and xz besides, told by content. */
public final class ReadFiles {
    /** System property with the FASTA file of CRAM files' reference. */
    public static final String REFERENCE = "samjdk.reference_fasta";

    private static final int SIGNATURE_BYTES = 6;

    private ReadFiles() {}

    /**
     * Opens a file of reads.
     *
     * @param path file, or {@value SequenceFiles#STANDARD_INPUT} for standard input
     * @param encoding of a FASTQ file's qualities
     * @throws IOException if it cannot be opened
     */
    public static SequenceReader open(String path, QualityEncoding encoding) throws IOException {
        if (isAlignments(path)) {
            return new AlignmentReader(Path.of(path), reference());
        }
        boolean standardInput = path.equals(SequenceFiles.STANDARD_INPUT);
        InputStream in = standardInput ? System.in : Files.newInputStream(Path.of(path));
        try {
            BufferedInputStream buffered = new BufferedInputStream(in, AlignmentReader.PEEK_BYTES);
            if (standardInput && AlignmentReader.isAlignments(buffered)) {
                return new AlignmentReader(buffered, reference());
            }
            return SequenceFiles.open(decompress(buffered), encoding);
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
        SequenceReader reader = file.qualityEncoding() == null
                ? guarded(open(file.path(), QualityEncoding.PHRED33))
                : open(file.path(), file.qualityEncoding());
        // Flags tell the mates of alignments, in any order.
        return file.interleaved() && !(reader instanceof AlignmentReader) ? new InterleavedReader(reader) : reader;
    }

    /** Alignments have numbers, text may have another offset. */
    private static SequenceReader guarded(SequenceReader reader) {
        return reader instanceof AlignmentReader ? reader : new QualityEncodingGuard(reader);
    }

    /** Whether a file is SAM, BAM or CRAM; not told of standard input, which can be read only once. */
    public static boolean isAlignments(String path) throws IOException {
        return !path.equals(SequenceFiles.STANDARD_INPUT) && AlignmentReader.isAlignments(Path.of(path));
    }

    private static Path reference() {
        String given = System.getProperty(REFERENCE);
        return given == null ? null : Path.of(given);
    }

    /** The bytes of a file, decompressed: those that the positions of its records count. */
    public static InputStream decompressed(String path) throws IOException {
        return SequenceFiles.decompress(decompress(new BufferedInputStream(Files.newInputStream(Path.of(path)))));
    }

    /** The stream itself, or decompressed if it begins as bzip2 or xz does. */
    private static InputStream decompress(BufferedInputStream in) throws IOException {
        in.mark(SIGNATURE_BYTES);
        byte[] first = in.readNBytes(SIGNATURE_BYTES);
        in.reset();
        if (first.length >= 3 && first[0] == 'B' && first[1] == 'Z' && first[2] == 'h') {
            return new Damageable(in, "bzip2", bytes -> new BZip2CompressorInputStream(bytes, true));
        }
        if (Arrays.equals(first, XZ.HEADER_MAGIC)) {
            return new Damageable(in, "xz", XZInputStream::new);
        }
        return in;
    }

    private interface Decompressor {
        InputStream of(InputStream compressed) throws IOException;
    }

    /** Says of a failing decompressor that the stream is damaged, so that the records before it count. */
    private static final class Damageable extends FilterInputStream {
        private final String compression;
        private final Decompressor decompressor;
        private InputStream decompressed;
        private DamagedStreamException damage;

        Damageable(InputStream in, String compression, Decompressor decompressor) {
            super(in);
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
            } catch (IOException e) {
                damage = new DamagedStreamException(
                        Reason.DAMAGED_COMPRESSION,
                        "Expected a whole %s stream, got a damaged or cut one (%s)"
                                .formatted(compression, e.getMessage()));
                throw damage;
            }
        }
    }
}
