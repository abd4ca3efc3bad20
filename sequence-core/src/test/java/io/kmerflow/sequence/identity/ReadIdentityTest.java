package io.kmerflow.sequence.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadIdentityTest {
    private static byte[] ascii(String bases) {
        return bases.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] digest(int number) {
        return new ReadDigests()
                .content(new ReadIdentity("run", "r" + number, 0), ascii("ACGT"), null, null, null, null, null, null);
    }

    @Test
    void keyGivesTheIdentityBackWhateverNamesHold() {
        for (ReadIdentity identity : List.of(
                new ReadIdentity("run", "read", 0),
                new ReadIdentity("a\tb", "c", 1),
                new ReadIdentity("a", "b\tc", 1),
                new ReadIdentity("a\\tb", "\\", 2))) {
            assertThat(ReadIdentity.of(identity.key())).isEqualTo(identity);
        }
        assertThat(new ReadIdentity("a\tb", "c", 1).key()).isNotEqualTo(new ReadIdentity("a", "b\tc", 1).key());
    }

    @Test
    void rejectsKeysAndNamesThatAreNone() {
        assertThatThrownBy(() -> ReadIdentity.of("run\tread"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 'run read'");
        assertThatThrownBy(() -> ReadIdentity.of("run\tread\t3")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReadIdentity("", "read", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void canonicalDigestIsThatOfEitherStrand() {
        ReadDigests digests = new ReadDigests();
        assertThat(digests.canonical(ascii("TTGCA"))).isEqualTo(digests.canonical(ascii("TGCAA")));
        assertThat(digests.canonical(ascii("TTGCA"))).isNotEqualTo(digests.canonical(ascii("ACGTT")));
        assertThat(HexFormat.of().formatHex(digests.canonical(ascii("ACGT"))))
                .as("SHA-256 of the text ACGT")
                .isEqualTo("1dff3e84fe7877e0673b69bbddcf40124e396e3f9943dd890c91b6a09adb9af0");
    }

    @Test
    void contentDigestTellsEveryPartApart() {
        ReadDigests digests = new ReadDigests();
        ReadIdentity read = new ReadIdentity("run", "read", 0);
        byte[] bases = ascii("ACGT");
        assertThat(List.of(
                                digests.content(read, bases, null, "a", null, null, null, null),
                                digests.content(read, bases, null, null, "a", null, null, null),
                                digests.content(read, bases, null, null, null, "a", null, null),
                                digests.content(read, bases, null, null, null, null, "a", null),
                                digests.content(read, bases, null, null, null, null, null, "a"),
                                digests.content(read, bases, null, "", "a", null, null, null),
                                digests.content(read, bases, new byte[0], "a", null, null, null, null),
                                digests.content(read, ascii("ACG"), null, "a", null, null, null, null),
                                digests.content(
                                        new ReadIdentity("run", "read", 1), bases, null, "a", null, null, null, null))
                        .stream()
                        .map(HexFormat.of()::formatHex))
                .doesNotHaveDuplicates();
    }

    @Test
    void rankDependsOnSeedAndKeyAlone() {
        ReadDigests digests = new ReadDigests();
        long rank = digests.rank(1, "a");
        digests.rank(2, "b");
        assertThat(digests.rank(1, "a")).isEqualTo(rank);
        assertThat(digests.rank(2, "a")).isNotEqualTo(rank);
    }

    @Test
    void digestOfASetIsThatOfItsReadsInAnyOrder() {
        List<Integer> order = new ArrayList<>(IntStream.range(0, 500).boxed().toList());
        ReadSetDigest rising = new ReadSetDigest();
        order.forEach(i -> rising.add(digest(i)));
        Collections.shuffle(order, new Random(7));
        ReadSetDigest shuffled = new ReadSetDigest();
        order.forEach(i -> shuffled.add(digest(i)));
        ReadSetDigest without = new ReadSetDigest();
        order.subList(1, order.size()).forEach(i -> without.add(digest(i)));
        ReadSetDigest twice = new ReadSetDigest();
        order.forEach(i -> twice.add(digest(i)));
        twice.add(digest(3));

        assertThat(shuffled.value()).isEqualTo(rising.value()).matches("sha256:[0-9a-f]{64}");
        assertThat(without.value()).isNotEqualTo(rising.value());
        assertThat(twice.value()).isNotEqualTo(rising.value());
        assertThat(rising.reads()).isEqualTo(500);
    }
}
