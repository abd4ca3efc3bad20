package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastqReaderTest {
    private static final String A = "@a\nACGT\n+\nIIII\n";
    private static final String B = "@b\nGG\n+b\n!~\n";
    private static final String C = "@c x=1\nTTT\n+\n@@@\n";

    @Test
    void aRecordKeepsItsCaseAndItsPlace() throws IOException {
        List<SequenceItem> items = SequenceItems.of(A + "@b/1 y\nacRy.\n+\n!#$%~\n");

        Parsed second = (Parsed) items.get(1);
        assertThat(second.header()).isEqualTo("b/1 y");
        assertThat(second.bases()).asString().isEqualTo("acRy.");
        assertThat(second.phredQualities()).containsExactly(0, 2, 3, 4, 93);
        assertThat(second.position()).isEqualTo(new FilePosition(2, 5, 15, 36));
    }

    @Test
    void carriageReturnsBelongToTheLineEnd() throws IOException {
        List<SequenceItem> items = SequenceItems.of((A + B).replace("\n", "\r\n"));

        assertThat(names(items)).containsExactly("a", "b");
        assertThat(((Parsed) items.get(0)).bases()).asString().isEqualTo("ACGT");
    }

    @Test
    void theLastLineNeedsNoLineEnd() throws IOException {
        assertThat(names(SequenceItems.of(A + B.stripTrailing()))).containsExactly("a", "b");
    }

    @Test
    void blankLinesBelongToTheRecordBefore() throws IOException {
        List<SequenceItem> items = SequenceItems.of("\n" + A + "\n \n" + B + "\n\n");

        assertThat(names(items)).containsExactly("a", "b");
        assertThat(items.get(0).position()).isEqualTo(new FilePosition(1, 2, 0, 19));
    }

    @Test
    void aReadTrimmedToNothingIsARecord() throws IOException {
        List<SequenceItem> items = SequenceItems.of("@a\n\n+\n\n" + B);

        assertThat(names(items)).containsExactly("a", "b");
        assertThat(((Parsed) items.get(0)).bases()).isEmpty();
    }

    @Test
    void aMalformedRecordIsOneFailureAndTheNextOneCounts() throws IOException {
        List<SequenceItem> items = SequenceItems.of(A + "@x\nACGT\n+\nIII\n" + B + C);

        assertThat(names(items)).containsExactly("a", "MALFORMED_RECORD", "b", "c x=1");
        Failure failure = (Failure) items.get(1);
        assertThat(failure.message()).isEqualTo("Expected 4 quality characters, one per base, got 3");
        assertThat(failure.position()).isEqualTo(new FilePosition(2, 5, 15, 29));
    }

    @Test
    void aQualityLineThatLooksLikeAHeaderDoesNotBeginARecord() throws IOException {
        // The line "@@@@" begins as a header does; taken for one, it would swallow the record after it.
        List<SequenceItem> items = SequenceItems.of("ACGT\n+\n@@@@\n" + A + B);

        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "a", "b");
    }

    @Test
    void aRecordWhoseSuccessorDoesNotParseIsNotTrustedAfterAFailure() throws IOException {
        List<SequenceItem> items = SequenceItems.of("junk\n" + A + "junk\n" + B + C);

        assertThat(names(items)).containsExactly("MALFORMED_RECORD", "b", "c x=1");
    }

    @Test
    void illegalBasesAndQualitiesAreMalformed() throws IOException {
        assertThat(names(SequenceItems.of("@x\nACXT\n+\nIIII\n" + A))).containsExactly("MALFORMED_RECORD", "a");
        assertThat(names(SequenceItems.of("@x\nACGT\n+\nII\u0007I\n" + A))).containsExactly("MALFORMED_RECORD", "a");
    }

    @Test
    void aFileThatEndsWithinARecordSaysSo() throws IOException {
        List<SequenceItem> items = SequenceItems.of(A + "@b\nAC\n+\n");

        assertThat(names(items)).containsExactly("a", "MALFORMED_RECORD");
        assertThat(((Failure) items.get(1)).message()).contains("the file ends within the record");
    }

    @Test
    void aReadTrimmedToNothingMayEndTheFileWithoutItsBlankLine() throws IOException {
        for (String last : new String[] {"@z\n\n+\n\n", "@z\n\n+\n", "@z\n\n+"}) {
            List<SequenceItem> items = SequenceItems.of(A + last);
            assertThat(names(items)).containsExactly("a", "z");
            assertThat(((Parsed) items.get(1)).bases()).isEmpty();
            assertThat(((Parsed) items.get(1)).phredQualities()).isEmpty();
        }
    }

    @Test
    void anEmptyFileHasNoItem() throws IOException {
        assertThat(SequenceItems.of("")).isEmpty();
    }

    @Test
    void blankLinesAloneAreAFailure() throws IOException {
        assertThat(names(SequenceItems.of("\n\n \n"))).containsExactly("MALFORMED_RECORD");
    }

    @Test
    void bytesThatAreNoTextAreOneFailure() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(7).nextBytes(noise);

        List<SequenceItem> items = SequenceItems.of(noise);

        assertThat(names(items)).containsExactly("MALFORMED_RECORD");
        SequenceItems.assertEveryByteOnce(items, noise.length);
    }

    @Test
    void aLineLongerThanTheBufferIsOneLine() throws IOException {
        String bases = "ACGT".repeat(50_000);
        List<SequenceItem> items = SequenceItems.of(A + "@long\n" + bases + "\n+\n" + "I".repeat(200_000) + "\n" + B);

        assertThat(names(items)).containsExactly("a", "long", "b");
        assertThat(((Parsed) items.get(1)).bases()).hasSize(200_000);
    }

    @Test
    void anyDamagedByteLeavesEveryByteAccountedFor() throws IOException {
        String good = A + B + C + A.replace("@a", "@d") + B.replace("@b", "@e");
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            char[] damaged = good.toCharArray();
            damaged[random.nextInt(damaged.length)] = (char) random.nextInt(256);
            SequenceItems.of(new String(damaged)); // asserts on positions
        }
    }
}
