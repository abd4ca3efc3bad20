package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.TestCorpus;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReadsTest {
    @TempDir
    Path folder;

    private static String bases(int number, int length) {
        Xoshiro256 random = Xoshiro256.of(number);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("ACGT".charAt(random.nextInt(4)));
        }
        return text.toString();
    }

    private static TestCorpus corpus() {
        TestCorpus corpus = new TestCorpus();
        for (int i = 0; i < 200; i++) {
            corpus.read("r" + i, bases(i, 20 + i), i % 4 == 0 ? null : "label" + i % 3);
        }
        return corpus;
    }

    private static String text(byte[] bases) {
        return new String(bases, StandardCharsets.US_ASCII);
    }

    @Test
    void readsAreTheSameInTheSameOrderWhateverTheFiles() throws IOException {
        Map<String, String> labels = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            labels.put(bases(i, 20 + i), i % 4 == 0 ? null : "label" + i % 3);
        }
        try (SnapshotReads one = SnapshotReads.open(corpus().write(folder.resolve("one"), 1, 0));
                SnapshotReads three = SnapshotReads.open(corpus().write(folder.resolve("three"), 3, 77))) {
            assertThat(one.size()).isEqualTo(200);
            assertThat(one.labels()).containsExactly("label0", "label1", "label2");
            List<String> order = new ArrayList<>();
            for (int i = 0; i < one.size(); i++) {
                String read = text(one.bases(i));
                order.add(read);
                assertThat(text(three.bases(i))).isEqualTo(read);
                assertThat(three.length(i)).isEqualTo(read.length());
                assertThat(three.label(i)).isEqualTo(labels.get(read));
                assertThat(three.isHeldOut(i, 0.2)).isEqualTo(one.isHeldOut(i, 0.2));
            }
            assertThat(order).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(labels.keySet());
        }
    }

    @Test
    void aboutThePartAskedForIsHeldOut() throws IOException {
        try (SnapshotReads reads = SnapshotReads.open(corpus().write(folder, 2, 0))) {
            long held = IntStream.range(0, reads.size())
                    .filter(read -> reads.isHeldOut(read, 0.25))
                    .count();
            assertThat(held).isBetween(30L, 70L);
            assertThat(reads.isHeldOut(0, 0)).isFalse();
            assertThat(reads.isHeldOut(0, 1)).isTrue();
        }
    }

    @Test
    void rejectsCorporaWhoseReadsAreNotThoseOfTheManifest() throws IOException {
        Path missing = corpus().write(folder.resolve("missing"), 3, 0);
        Files.delete(missing.resolve("reads-1.avro"));
        assertThatThrownBy(() -> SnapshotReads.open(missing))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("Expected the reads of its manifest in " + missing);
        Path damaged = corpus().write(folder.resolve("damaged"), 1, 0);
        byte[] bytes = Files.readAllBytes(damaged.resolve("reads-0.avro"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged.resolve("reads-0.avro"), bytes);
        assertThatThrownBy(() -> SnapshotReads.open(damaged)).isInstanceOf(CorpusException.class);
        Path cut = corpus().write(folder.resolve("cut"), 1, 0);
        byte[] whole = Files.readAllBytes(cut.resolve("reads-0.avro"));
        Files.write(cut.resolve("reads-0.avro"), Arrays.copyOf(whole, whole.length - 100));
        assertThatThrownBy(() -> SnapshotReads.open(cut)).isInstanceOf(CorpusException.class);
        assertThatThrownBy(() -> SnapshotReads.open(folder))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("Expected the manifest of a corpus at " + folder.resolve("manifest.json"));
        Path empty = new TestCorpus().write(folder.resolve("empty"), 1, 0);
        assertThatThrownBy(() -> SnapshotReads.open(empty)).hasMessageContaining("Expected at least one read");
    }

    @Test
    void piecesAreStretchesOfReadsWithoutUnknownBases() throws IOException {
        String known = bases(1, 60);
        TestCorpus corpus = new TestCorpus()
                .read("long", known + "N" + known.substring(0, 20), null)
                .read("short", "ACGTACGTACGT", null)
                .read("shorter", "ACG", null);
        try (SnapshotReads reads = SnapshotReads.open(corpus.write(folder, 1, 0))) {
            ReadPieces pieces = new ReadPieces(reads, read -> true, 10);
            assertThat(pieces.size()).isEqualTo(2);
            Xoshiro256 random = Xoshiro256.of(3);
            boolean whole = false;
            for (int i = 0; i < 300; i++) {
                String piece = text(pieces.draw(40, random));
                assertThat(piece.length()).isBetween(10, 40);
                assertThat(known.contains(piece) || piece.equals("ACGTACGTACGT"))
                        .isTrue();
                whole |= piece.equals("ACGTACGTACGT");
            }
            assertThat(whole).isTrue();
            assertThatThrownBy(() -> new ReadPieces(reads, read -> true, 100))
                    .isInstanceOf(CorpusException.class)
                    .hasMessageContaining("at least 100 bases");
        }
    }

    @Test
    void labelledReadsGiveTheirClassAndRejectLabelsThatAreNone() throws IOException {
        try (SnapshotReads reads = SnapshotReads.open(corpus().write(folder, 2, 0))) {
            LabelledReads labelled =
                    new LabelledReads(reads, LabelNames.of(List.of("label2", "label1", "label0")), read -> true);
            assertThat(labelled).hasSize(150);
            assertThat(labelled.lengths().sum())
                    .isEqualTo(labelled.stream()
                            .mapToInt(row -> row.bases().length)
                            .sum());
            assertThat(labelled.labels().toArray())
                    .isEqualTo(
                            labelled.stream().mapToInt(LabelledSequence::label).toArray());
            LabelledReads first = labelled.first(5);
            assertThat(first).hasSize(15);
            assertThat(first.get(14).bases()).isNotEmpty();
            assertThatThrownBy(() -> new LabelledReads(reads, LabelNames.of(List.of("label0", "label1")), read -> true))
                    .isInstanceOf(CorpusException.class)
                    .hasMessageContaining("got 'label2'");
        }
    }
}
