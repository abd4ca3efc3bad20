package io.kmerflow.sequence.file;

import static io.kmerflow.sequence.file.SequenceItems.concat;
import static io.kmerflow.sequence.file.SequenceItems.gzip;
import static io.kmerflow.sequence.file.SequenceItems.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.sequence.file.SequenceItem.Failure;
import java.io.ByteArrayInputStream;
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

    /** A member whose header has every part that RFC 1952 knows, with lengths of two bytes. */
    private static byte[] everyPart(String text) throws IOException {
        byte[] plain = gzip(text);
        byte[] start = Arrays.copyOf(plain, 10);
        start[3] = 2 | 4 | 8 | 16;
        byte[] extra = new byte[2 + 0x0103];
        extra[0] = 3;
        extra[1] = 1;
        byte[] names = "reads.fq\0of a run\0".getBytes(StandardCharsets.US_ASCII);
        byte[] crc = {0x1f, (byte) 0x8b};
        return concat(start, extra, names, crc, Arrays.copyOfRange(plain, 10, plain.length));
    }

    @Test
    void membersMayHaveANameAndMore() throws IOException {
        assertThat(names(SequenceItems.of(concat(everyPart(A), gzip(B), everyPart(B)))))
                .containsExactly("a", "b", "b");
        byte[] whole = everyPart(A);
        for (int length = 3; length < whole.length; length++) {
            assertThat(names(SequenceItems.of(Arrays.copyOf(whole, length))))
                    .as("%d of %d bytes", length, whole.length)
                    .contains("TRUNCATED_GZIP");
        }
    }

    @Test
    void theStreamItselfGivesBytesOneByOneAndEndsWithItsMember() throws IOException {
        try (GzipMembersInputStream in = new GzipMembersInputStream(new ByteArrayInputStream(gzip("a\u00ff")))) {
            assertThat(in.read()).isEqualTo('a');
            assertThat(in.read(new byte[0])).isZero();
            assertThat(in.read()).isEqualTo(0xff);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[4], 0, 4)).isEqualTo(-1);
        }
    }

    @Test
    void whatIsClosedIsClosedBelowToo() throws IOException {
        boolean[] closed = new boolean[1];
        GzipMembersInputStream in = new GzipMembersInputStream(new ByteArrayInputStream(gzip(A)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        });
        in.close();
        assertThat(closed[0]).isTrue();
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void zerosAreNoPaddingBeforeTheFirstMember() throws IOException {
        try (GzipMembersInputStream in = new GzipMembersInputStream(new ByteArrayInputStream(new byte[20]))) {
            assertThatThrownBy(in::read).hasMessageContaining("bytes that are no gzip member");
            assertThatThrownBy(in::read).as("asked again").isInstanceOf(DamagedStreamException.class);
        }
    }
}
