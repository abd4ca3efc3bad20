package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FastaReaderTest {
    @Test
    void aSequenceMayTakeAnyNumberOfLines() throws IOException {
        List<SequenceItem> items = SequenceItems.of(">a one\nACGT\nacgu\n\nRY\n>b\nGG");

        assertThat(names(items)).containsExactly("a one", "b");
        Parsed first = (Parsed) items.get(0);
        assertThat(first.bases()).asString().isEqualTo("ACGTacguRY");
        assertThat(first.phredQualities()).isNull();
        assertThat(items.get(1).position()).isEqualTo(new FilePosition(2, 6, 21, 26));
    }

    @Test
    void aMalformedRecordLeavesTheNextOneAlone() throws IOException {
        List<SequenceItem> items = SequenceItems.of(">a\nAC-T\n> x\nAC\n>c\nGG\n");

        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "MALFORMED_RECORD", "c");
    }

    @Test
    void blankLinesBeforeTheFirstRecordBelongToIt() throws IOException {
        assertThat(names(SequenceItems.of("\n\n>a\nAC\n"))).containsExactly("a");
    }

    /** Lines of 40 bytes and sequences of 30 bases are the longest here. */
    private static List<String> limited(String text) throws IOException {
        boolean[] closed = new boolean[1];
        List<String> said = new ArrayList<>();
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        try (FastaReader reader = new FastaReader(new LineReader(in, 40), false, 30)) {
            long end = 0;
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                assertThat(item.position().byteStart()).isEqualTo(end);
                end = item.position().byteEnd();
                said.add(
                        item instanceof Parsed read
                                ? read.header() + " " + read.bases().length
                                : ((Failure) item).message());
            }
            assertThat(end).isEqualTo(text.length());
        }
        assertThat(closed[0]).isTrue();
        return said;
    }

    @Test
    void sequencesAndLinesOverTheLimitsAreRefusedAlone() throws IOException {
        assertThat(limited(">a\n" + "A".repeat(20) + "\n" + "C".repeat(10) + "  \n>b\nACGT\n"))
                .containsExactly("a 30", "b 4");
        String tooMany = "Expected at most 30 bases, got more";
        assertThat(limited(">a\n" + "A".repeat(20) + "\n" + "C".repeat(11) + "\n>b\nACGT\n"))
                .containsExactly(tooMany, "b 4");
        assertThat(limited(">a\n" + "A".repeat(60) + "\n>b\nACGT\n")).containsExactly(tooMany, "b 4");
        assertThat(limited(">" + "a".repeat(60) + "\nACGT\n>b\nACGT\n"))
                .containsExactly(FastqRecordParser.LINE_LENGTH, "b 4");
    }
}
