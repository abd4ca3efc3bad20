package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.concat;
import static io.kmerflow.sequence.file.SequenceItems.gzip;
import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GzipFilesTest {
    private static final String A = "@a\nACGT\n+\nIIII\n";
    private static final String B = "@b\nGG\n+b\n!~\n";

    @Test
    void membersFollowOneAnother() throws IOException {
        List<SequenceItem> items = SequenceItems.of(concat(gzip(A), gzip(""), gzip(B + A), gzip("")));

        assertThat(names(items)).containsExactly("a", "b", "a");
        SequenceItems.assertEveryByteOnce(items, 2L * A.length() + B.length());
    }

    @Test
    void aRecordMayCrossMembers() throws IOException {
        assertThat(names(SequenceItems.of(concat(gzip(A.substring(0, 6)), gzip(A.substring(6) + B)))))
                .containsExactly("a", "b");
    }

    @Test
    void zeroBytesAfterTheLastMemberArePadding() throws IOException {
        assertThat(names(SequenceItems.of(concat(gzip(A), new byte[512])))).containsExactly("a");
    }

    @Test
    void everyCutIsReportedWhereverItFalls() throws IOException {
        byte[] whole = concat(gzip(A), gzip(B));
        int firstMember = gzip(A).length;
        for (int length = 3; length < whole.length; length++) {
            List<SequenceItem> items = SequenceItems.of(Arrays.copyOf(whole, length));
            boolean cut = length != firstMember;
            assertThat(names(items).contains("TRUNCATED_GZIP"))
                    .as("truncation reported for %d of %d bytes", length, whole.length)
                    .isEqualTo(cut);
        }
    }

    @Test
    void aCutBetweenRecordsKeepsTheRecordsBefore() throws IOException {
        byte[] whole = gzip(A + B);

        List<SequenceItem> items = SequenceItems.of(Arrays.copyOf(whole, whole.length - 3));

        assertThat(names(items)).containsExactly("a", "b", "TRUNCATED_GZIP");
        Failure failure = (Failure) items.get(2);
        assertThat(failure.position()).isEqualTo(new FilePosition(3, 9, 27, 27));
        assertThat(failure.message()).contains("the file ends at compressed byte " + (whole.length - 3));
    }

    @Test
    void aWrongChecksumIsDamage() throws IOException {
        byte[] whole = gzip(A);
        whole[whole.length - 6] ^= 1;

        assertThat(names(SequenceItems.of(whole))).containsExactly("a", "DAMAGED_GZIP");
    }

    @Test
    void bytesThatAreNoMemberAreDamage() throws IOException {
        assertThat(names(SequenceItems.of(concat(gzip(A), "garbage".getBytes(StandardCharsets.UTF_8)))))
                .containsExactly("a", "DAMAGED_GZIP");
    }

    @Test
    void aFastaRecordBeforeACutIsNotTrusted() throws IOException {
        byte[] whole = gzip(">a\nACGT\n>b\nACGT\n");

        assertThat(names(SequenceItems.of(Arrays.copyOf(whole, whole.length - 3))))
                .containsExactly("a", "TRUNCATED_GZIP");
    }
}
