package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrappedFastqTest {
    private static final String NEXT = "@next\nGG\n+\nII\n";

    private static String problem(String record) throws IOException {
        return ((Failure) SequenceItems.of(record).get(0)).message();
    }

    @Test
    void sequenceAndQualitiesMayBeWrappedOverLinesOfTheirOwn() throws IOException {
        List<SequenceItem> items = SequenceItems.of("@a\nAC\nGTN\n+\n!!\n#\n##\n" + NEXT);

        assertThat(names(items)).containsExactly("a", "next");
        assertThat(((Parsed) items.get(0)).bases()).asString().isEqualTo("ACGTN");
        assertThat(((Parsed) items.get(0)).phredQualities()).containsExactly(0, 0, 2, 2, 2);
        assertThat(items.get(0).position()).isEqualTo(new FilePosition(1, 1, 0, 20));
    }

    @Test
    void qualityLinesMayBeginAsHeadersAndSeparatorsDo() throws IOException {
        assertThat(names(SequenceItems.of("@a\nACGT\nAC\n+\n@III\n+I\n" + NEXT)))
                .containsExactly("a", "next");
        assertThat(names(SequenceItems.of("@a\nACGT\nACGT\n+\n+III\n@III\n" + NEXT)))
                .containsExactly("a", "next");
    }

    @Test
    void aHeaderThatFillsAShortQualityLineIsStillAHeader() throws IOException {
        // 7 bases, 2 qualities, and the next header has just the 5 characters that are missing.
        List<SequenceItem> items = SequenceItems.of("@a\nACGTACG\n+\nII\n" + NEXT);

        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "next");
        assertThat(((Failure) items.get(0)).message()).isEqualTo("Expected 7 quality characters, one per base, got 2");
    }

    @Test
    void blankLinesWithinARecordAreMalformed() throws IOException {
        assertThat(problem("@a\n\nACGT\n+\nIIII\n")).isEqualTo("Expected bases, got ''");
        assertThat(problem("@a\nAC\n\nGT\n+\nIIII\n")).isEqualTo("Expected bases, got ''");
        assertThat(problem("@a\nACGT\n+\n\nIIII\n")).isEqualTo("Expected 4 quality characters, one per base, got 0");
    }

    @Test
    void theSeparatorRepeatsTheNameOrNothing() throws IOException {
        assertThat(names(SequenceItems.of("@a x\nAC\n+a x\nII\n@b y\nAC\n+b\nII\n@c/1\nAC\n+c/2\nII\n")))
                .containsExactly("a x", "b y", "c/1");
        assertThat(problem("@abc\nAC\n+abd\nII\n"))
                .isEqualTo("Expected nothing or the name of '@abc' after '+', got '+abd'");
    }

    @Test
    void aRecordWithoutBasesOrWithTwoHeadersSaysSo() throws IOException {
        assertThat(problem("@a\n+\nIIII\n")).isEqualTo("Expected bases, got '+'");
        assertThat(problem("@a\nACGT\n@a\nACGT\n+\nIIII\n"))
                .isEqualTo("Expected more bases or a line that begins with '+', got '@a'");
    }

    @Test
    void aReadOfManyShortLinesIsOneRecord() throws IOException {
        List<SequenceItem> items =
                SequenceItems.of("@a\n" + "ACGT\n".repeat(20_000) + "+\n" + "IIII\n".repeat(20_000) + NEXT);

        assertThat(names(items)).containsExactly("a", "next");
        assertThat(((Parsed) items.get(0)).bases()).hasSize(80_000);
    }

    @Test
    void anotherCompressionIsNamed() throws IOException {
        byte[] xz = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4};
        for (byte[] file : new byte[][] {xz, "BZh91AY&SY".getBytes(StandardCharsets.UTF_8)}) {
            List<SequenceItem> items = SequenceItems.of(file);
            assertThat(names(items)).containsExactly("UNSUPPORTED_COMPRESSION");
        }
    }

    @Test
    void wrongNumbersOfQualitiesAreCountedWithoutTheNextHeader() throws IOException {
        assertThat(problem("@a\nACGT\n+\n@III!\n")).isEqualTo("Expected 4 quality characters, one per base, got 5");
        assertThat(problem("@a\nACGTACG\n+\nII\n@another\n"))
                .isEqualTo("Expected 7 quality characters, one per base, got 2");
        assertThat(problem("@a\nACGTACG\n+\nII\nIIIIIIII\n"))
                .isEqualTo("Expected 7 quality characters, one per base, got 10");
        assertThat(names(SequenceItems.of("@a\nACGT\nACG\n+\n@II\n@III\n" + NEXT)))
                .as("lines that begin as headers, and fit")
                .containsExactly("a", "next");
    }

    @Test
    void aCarriageReturnInACommentIsPartOfItUnlessALineSeemsToBeginThere() throws IOException {
        assertThat(names(SequenceItems.of("@a +\rx @\ry\nAC\n+\nII\n"))).containsExactly("a +\rx @\ry");
        for (String joined : new String[] {"@a\rAC\r+\rII\n", "@a\r@\n"}) {
            assertThat(problem(joined + "AC\n+\nII\n")).contains("line");
        }
    }

    @Test
    void aNameThatIsAMateNumberAloneIsCompared() throws IOException {
        assertThat(problem("@/1\nAC\n+/2\nII\n"))
                .isEqualTo("Expected nothing or the name of '@/1' after '+', got '+/2'");
    }

    @Test
    void aHeaderThatBeginsWithABlankHasNoName() throws IOException {
        for (String blank : new String[] {"", " ", "\t", "\r", " a", "\ta", "\ra"}) {
            assertThat(problem("@" + blank + "\nACGT\n+\nIIII\n"))
                    .isEqualTo("Expected a read name after '@', got none");
        }
    }
}
