package io.kmerflow.sequence.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens sequence files by what is in them, not by their names. */
public final class SequenceFiles {
    /** Stands for standard input. */
    public static final String STANDARD_INPUT = "-";

    private static final int PROBE_BYTES = 1 << 16;

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

    /**
     * Reads FASTQ or FASTA, plain or gzip, from a stream. A stream that is neither gives one failure that covers it; one
     * without a byte gives no item.
     *
     * @param in closed with the reader, and on failure here
     */
    public static SequenceReader open(InputStream in) throws IOException {
        try {
            BufferedInputStream text = new BufferedInputStream(decompress(in), PROBE_BYTES);
            return firstCharacter(text) == '>' ? new FastaReader(text) : new FastqReader(text);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** The stream itself, or decompressed if it begins as gzip does (1F 8B). */
    public static InputStream decompress(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, PROBE_BYTES);
        buffered.mark(2);
        boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return gzip ? new GzipMembersInputStream(buffered) : buffered;
    }

    private static int firstCharacter(BufferedInputStream in) throws IOException {
        in.mark(PROBE_BYTES);
        int character = -1;
        try {
            for (int i = 0; i < PROBE_BYTES - 1; i++) {
                character = in.read();
                if (character != '\n' && character != '\r' && character != ' ') {
                    break;
                }
            }
        } catch (DamagedStreamException e) {
            character = -1; // the reader meets it again and reports it with its position
        }
        in.reset();
        return character;
    }
}
