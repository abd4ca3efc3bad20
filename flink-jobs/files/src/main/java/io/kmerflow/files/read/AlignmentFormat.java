package io.kmerflow.files.read;

import htsjdk.samtools.util.BlockCompressedInputStream;
import htsjdk.samtools.util.BlockCompressedStreamConstants;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** SAM, BAM and CRAM, told by the first bytes of a stream. */
enum AlignmentFormat {
    /** Text. */
    SAM,
    /** Binary records in BGZF blocks. */
    BAM(BlockCompressedStreamConstants.EMPTY_GZIP_BLOCK),
    /** Columns in containers; version 2.1 and from 3.0 on. */
    CRAM(
            HexFormat.of().parseHex("0b000000ffffffff0fe0454f460000000001000001000606010001000100"),
            HexFormat.of().parseHex("0f000000ffffffff0fe0454f4600000000010005bdd94f0001000606010001000100ee63014b"));

    /** How many bytes tell: more than the tables at the start of a compressed block have. */
    static final int BYTES = 1 << 12;

    private static final Pattern HEADER = Pattern.compile("(?s)@(HD|SQ|RG|PG|CO)\t.*");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,10}");
    private static final int[] NUMBERS = {1, 3, 4, 7, 8}; // FLAG, POS, MAPQ, PNEXT, TLEN
    private static final int COLUMNS_BEFORE_BASES = 9;

    /** How many of the last bytes of a stream tell whether it is whole. */
    static final int END_BYTES = 38;

    private final byte[][] ends;

    AlignmentFormat(byte[]... ends) {
        this.ends = ends;
    }

    /** Of a stream that is one of them. */
    static AlignmentFormat of(byte[] start) {
        return isBam(start) ? BAM : isCram(start) ? CRAM : SAM;
    }

    /** Whether a stream that ends so has the mark that the format ends with; text has none. */
    boolean endsWhole(byte[] lastBytes) {
        return ends.length == 0
                || Arrays.stream(ends)
                        .anyMatch(end -> lastBytes.length >= end.length
                                && Arrays.equals(
                                        end,
                                        Arrays.copyOfRange(
                                                lastBytes, lastBytes.length - end.length, lastBytes.length)));
    }

    /** CRAM, or BAM in its BGZF blocks. */
    static boolean isBinary(byte[] start) {
        return isCram(start) || isBam(start);
    }

    private static boolean isCram(byte[] start) {
        return start.length >= 4 && new String(start, 0, 4, StandardCharsets.ISO_8859_1).equals("CRAM");
    }

    private static boolean isBam(byte[] start) {
        try {
            if (!BlockCompressedInputStream.isValidFile(new ByteArrayInputStream(start))) {
                return false;
            }
            // Not through BGZF, which wants a whole block: a file that is cut in its first one is still BAM.
            byte[] first = new GZIPInputStream(new ByteArrayInputStream(start)).readNBytes(4);
            return Arrays.equals(first, new byte[] {'B', 'A', 'M', 1});
        } catch (IOException e) {
            return false; // damaged from the start; the reader of its own says so
        }
    }

    /** SAM, from text: a header line, or one with the columns of an alignment. */
    static boolean isText(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (HEADER.matcher(text).matches()) {
            return true;
        }
        String[] columns = text.split("[\r\n]", 2)[0].split("\t", -1);
        if (columns.length <= COLUMNS_BEFORE_BASES || text.startsWith("@") || text.startsWith(">")) {
            return false;
        }
        return Arrays.stream(NUMBERS)
                .allMatch(column -> NUMBER.matcher(columns[column]).matches());
    }
}
