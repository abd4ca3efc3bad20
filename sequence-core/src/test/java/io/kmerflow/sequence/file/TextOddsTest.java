package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Line ends, byte-order marks, comments, and files that are no reads. */
class TextOddsTest {
    private static final String MARK = "\u00ef\u00bb\u00bf"; // UTF-8's, one character a byte
    private static final String FASTQ = "@a\nACGT\n+\nIIII\n@b\nGG\n+\nII\n";
    private static final String FASTA = ">a\nACGT\nAC\n>b\nGG\n";

    private static String message(SequenceItem item) {
        return ((Failure) item).message();
    }

    @Test
    void carriageReturnsAloneAreRefusedWithThatWord() throws IOException {
        for (String text : List.of(FASTQ, FASTA)) {
            List<SequenceItem> items = SequenceItems.of(text.replace('\n', '\r'));
            assertThat(items).hasSize(1);
            assertThat(message(items.get(0))).contains("carriage return alone");
        }
    }

    @Test
    void fewLinesThatEndInACarriageReturnAloneHarmNoOtherRecord() throws IOException {
        for (String text : List.of(FASTQ, FASTA)) {
            List<SequenceItem> mixed = SequenceItems.of(text.replace('\n', '\r') + text);
            assertThat(mixed.get(0)).isInstanceOf(Failure.class);
            assertThat(message(mixed.get(0))).contains("carriage return alone");
            assertThat(names(mixed).subList(1, mixed.size())).contains("b").doesNotContain("MALFORMED_RECORD");
        }
        List<SequenceItem> inBases = SequenceItems.of("@a\nAC\rGT\n+\nIIIII\n" + FASTQ);
        assertThat(message(inBases.get(0))).contains("carriage return");
        assertThat(names(inBases)).containsExactly("MALFORMED_RECORD", "a", "b");
    }

    @Test
    void aCarriageReturnInACommentIsNoLineEnd() throws IOException {
        List<SequenceItem> items = SequenceItems.of("@a x\ry z\nACGT\n+\nIIII\n" + FASTQ);
        assertThat(items).hasSize(3);
        assertThat(((Parsed) items.get(0)).readHeader().readId()).isEqualTo("a");
        assertThat(((Parsed) SequenceItems.of("@a\rx\nACGT\n+\nIIII\n").get(0))
                        .readHeader()
                        .readId())
                .isEqualTo("a");
    }

    @Test
    void bothOrdinaryLineEndsAreRead() throws IOException {
        for (String text : List.of(FASTQ, FASTA)) {
            List<SequenceItem> items = SequenceItems.of(text.replace("\n", "\r\n"));
            assertThat(names(items)).containsExactly("a", "b");
            assertThat(names(SequenceItems.of(text.substring(0, text.length() - 1))))
                    .containsExactly("a", "b");
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstRecordNorOfAJoinedFile() throws IOException {
        assertThat(names(SequenceItems.of(MARK + FASTQ + MARK + FASTQ))).containsExactly("a", "b", "a", "b");
        assertThat(names(SequenceItems.of(MARK + FASTA + MARK + FASTA))).containsExactly("a", "b", "a", "b");
        assertThat(names(SequenceItems.of(SequenceItems.gzip(MARK + FASTA)))).containsExactly("a", "b");
        assertThat(SequenceItems.of(MARK + FASTQ).get(0).position()).isEqualTo(new FilePosition(1, 1, 0, 18));
        assertThat(names(SequenceItems.of(MARK))).containsExactly("MALFORMED_RECORD");
    }

    @Test
    void commentsOfFastaAreNoBases() throws IOException {
        List<SequenceItem> items = SequenceItems.of("; made by hand\n;and more\n\n>a\n;of a\nACGT\n>b\nGG\n");
        assertThat(names(items)).containsExactly("a", "b");
        assertThat(((Parsed) items.get(0)).bases()).asString().isEqualTo("ACGT");
        assertThat(names(SequenceItems.of("; nothing but this\n"))).containsExactly("MALFORMED_RECORD");
    }

    @Test
    void fastqThatWasCutIsNotTakenForFasta() throws IOException {
        assertThat(names(SequenceItems.of(">;<=\n" + FASTQ))).containsExactly("MALFORMED_RECORD", "a", "b");
        assertThat(names(SequenceItems.of(";;;;\n" + FASTQ))).containsExactly("MALFORMED_RECORD", "a", "b");
    }

    @Test
    void whatStandsBeforeFastaIsOneFailure() throws IOException {
        assertThat(names(SequenceItems.of("some words\n" + FASTA))).containsExactly("MALFORMED_RECORD", "a", "b");
    }

    @Test
    void proteinIsRefusedRecordByRecordAndTold() throws IOException {
        List<SequenceItem> items = SequenceItems.of(">p\nMKTAYIAKQRQISFVKSHF*\n>q\nMVHSKNDYRWBGATC\n");
        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "MALFORMED_RECORD");
        assertThat(items).allSatisfy(item -> assertThat(message(item)).contains("looks like protein"));
    }

    @Test
    void aWrongLetterAmongBasesDoesNotMakeThemProtein() throws IOException {
        List<SequenceItem> items = SequenceItems.of(">a\nACGTACGTEACGT\n>b\nacguryswkmbdhvn\n");
        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "b");
        assertThat(message(items.get(0))).isEqualTo("Expected a nucleotide code at base 8, got 'E'");
    }

    @Test
    void utf16SaysSoWithAndWithoutItsMark() throws IOException {
        for (byte[] file : List.of(
                FASTQ.getBytes(StandardCharsets.UTF_16),
                FASTQ.getBytes(StandardCharsets.UTF_16LE),
                FASTA.getBytes(StandardCharsets.UTF_16BE),
                ("\ufeff" + FASTA).getBytes(StandardCharsets.UTF_16LE))) {
            List<SequenceItem> items = SequenceItems.of(file);
            SequenceItems.assertEveryByteOnce(items, file.length);
            assertThat(items).noneMatch(Parsed.class::isInstance);
            assertThat(message(items.get(0))).contains("UTF-16");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'PK\u0003\u0004xx', zip archive",
        "'\u008bPOD\r\n', POD5",
        "'\u0089HDF\r\n', fast5",
        "'NCBI.sra', fasterq-dump",
        "'##fileformat=VCFv4.2', VCF",
        "'<!DOCTYPE html>', HTML",
        "'@HD\tVN:1.6', SAM",
        "'BAM\u0001', BAM without",
        "'version https://git-lfs.github.com/spec/v1', Git LFS"
    })
    void otherFilesAreNamed(String start, String said) throws IOException {
        List<SequenceItem> items = SequenceItems.of(start + "\nrest\n");
        assertThat(items).hasSize(1);
        assertThat(message(items.get(0)))
                .startsWith("Expected FASTQ, FASTA, SAM, BAM or CRAM")
                .contains(said);
    }

    @Test
    void bytesThatAreNoTextAreNamedAndReadsBehindThemAreKept() throws IOException {
        byte[] noise = new byte[5000];
        new Random(5).nextBytes(noise);
        byte[] file = SequenceItems.concat(noise, ("\n" + FASTQ).getBytes(StandardCharsets.US_ASCII));

        List<SequenceItem> items = SequenceItems.of(file);

        assertThat(message(items.get(0))).contains("no text");
        assertThat(names(items)).endsWith("a", "b");
    }

    @Test
    void aTarArchiveIsNamed() throws IOException {
        byte[] header = new byte[512];
        byte[] magic = "ustar".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy("reads.fq".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 8);
        System.arraycopy(magic, 0, header, 257, magic.length);
        assertThat(message(SequenceItems.of(header).get(0))).contains("tar archive");
    }

    @Test
    void aLineLongerThanAnyReadIsPassedWithoutBeingKept() throws IOException {
        long length = LineReader.MAX_LINE_BYTES + 70_000L;
        InputStream in = new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream("@a\n".getBytes(StandardCharsets.US_ASCII)),
                new Same((byte) 'A', length),
                new ByteArrayInputStream(("\n+\nII\n" + FASTQ).getBytes(StandardCharsets.US_ASCII)))));
        try (SequenceReader reader = new FastqReader(in)) {
            Failure failure = (Failure) reader.next();
            assertThat(failure.message()).contains("Expected a line of at most");
            assertThat(failure.position().byteEnd()).isEqualTo(3 + length + 6);
            assertThat(((Parsed) reader.next()).header()).isEqualTo("a");
        }
    }

    /** One byte, many times. */
    private static final class Same extends InputStream {
        private final byte value;
        private long left;

        Same(byte value, long left) {
            this.value = value;
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? value : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(left, length);
            Arrays.fill(target, offset, offset + count, value);
            left -= count;
            return count;
        }
    }
}
