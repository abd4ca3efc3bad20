package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.IOException;
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
}
