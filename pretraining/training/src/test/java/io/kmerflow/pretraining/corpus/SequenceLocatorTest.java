package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Nucleotide;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceLocatorTest {
    @TempDir
    Path folder;

    private static byte[] random(int bases, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        byte[] text = new byte[bases];
        for (int i = 0; i < bases; i++) {
            text[i] = Nucleotide.base(random.nextInt(4));
        }
        return text;
    }

    private static byte other(byte base) {
        return Nucleotide.base((Nucleotide.digit(base) + 1) % 4);
    }

    @Test
    void sequencesAreFoundOnBothStrandsWhereTheyLieAndOthersAreNot() {
        byte[] genome = random(3_000_000, 1); // more than one sweep
        byte[] forward = Arrays.copyOfRange(genome, 2_500_000, 2_500_101);
        byte[] reverse = Nucleotide.reverseComplement(Arrays.copyOfRange(genome, 700, 801));
        byte[] absent = random(101, 2);
        byte[] tooShort = Arrays.copyOf(forward, 30);
        SequenceLocator locator = new SequenceLocator(List.of(forward, reverse, absent, tooShort), 31, 0);
        assertThat(locator.locate(genome))
                .containsExactly(
                        new SequenceLocator.Place(1, new BaseRange(700, 801), false, 1.0),
                        new SequenceLocator.Place(0, new BaseRange(2_500_000, 2_500_101), true, 1.0));
        assertThat(locator.canBeFound(2)).isTrue();
        assertThat(locator.canBeFound(3)).isFalse();
    }

    @Test
    void aSubstitutionIsBridgedAndTheShareSaysHowMuchIsThere() {
        byte[] genome = random(2_000, 3);
        byte[] sequence = Arrays.copyOfRange(genome, 1_000, 1_101);
        sequence[40] = other(sequence[40]); // 31 of the 71 k-mers hold it
        sequence[100] = 'N'; // and one more
        assertThat(new SequenceLocator(List.of(sequence), 31, 0).locate(genome))
                .containsExactly(new SequenceLocator.Place(0, new BaseRange(1_000, 1_101), true, (71 - 31 - 1) / 70.0));
        assertThat(new SequenceLocator(List.of(sequence), 31, 0.5).locate(genome))
                .hasSize(1);
        assertThat(new SequenceLocator(List.of(sequence), 31, 0.6).locate(genome))
                .isEmpty();
    }

    @Test
    void repeatedSequencesAndRepeatedPlacesAreAllGivenAndEndsAreCut() {
        byte[] genome = random(1_000, 4);
        System.arraycopy(genome, 0, genome, 500, 60);
        byte[] sequence = new byte[100]; // its last 60 bases lie at the contig's start
        System.arraycopy(random(40, 5), 0, sequence, 0, 40);
        System.arraycopy(genome, 0, sequence, 40, 60);
        List<SequenceLocator.Place> places =
                new SequenceLocator(List.of(sequence, sequence.clone()), 31, 0).locate(genome);
        assertThat(places).extracting(SequenceLocator.Place::sequence).containsExactly(0, 1, 0, 1);
        assertThat(places)
                .extracting(SequenceLocator.Place::range)
                .containsExactly(
                        new BaseRange(0, 60), new BaseRange(0, 60), new BaseRange(460, 560), new BaseRange(460, 560));
    }

    @Test
    void regionsOfABedFileAreNeverDrawnAndTheRestIs() throws Exception {
        byte[] bases = random(10_000, 6);
        InMemoryGenome genome = InMemoryGenome.of("g", "c", bases);
        Path bed = Files.writeString(folder.resolve("out.bed"), """
                # places
                c\t3000\t3200\ttf/2:test:0\t1000\t+
                c\t3100\t3300
                c\t7900\t8100
                """);
        HeldOut heldOut = new HeldOut(List.of(new HeldOut.Part("g", "c", new BaseRange(8_000, 9_000))), 50)
                .leavingOut(List.of(genome), BedFile.read(bed));
        assertThat(heldOut.training("g", genome.contigs().get(0)))
                .containsExactly(new BaseRange(0, 3_000), new BaseRange(3_300, 7_900), new BaseRange(9_050, 10_000));
        assertThat(heldOut.leftOutBases()).isEqualTo(300 + 200);
        assertThat(heldOut.validation("g", "c")).containsExactly(new BaseRange(8_000, 9_000));
        Regions training = Regions.training(List.of(genome), heldOut, 50);
        Xoshiro256 random = Xoshiro256.of(7);
        String left =
                new String(bases, 2_951, 398, StandardCharsets.US_ASCII); // a piece inside would hold a left-out base
        for (int i = 0; i < 2_000; i++) {
            assertThat(left).doesNotContain(new String(training.draw(50, random), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aBedFileThatDoesNotFitIsNamedWithItsLine() throws Exception {
        InMemoryGenome genome = InMemoryGenome.of("g", "c", random(100, 8));
        Path bed = Files.writeString(folder.resolve("bad.bed"), "c\t0\t10\nc 10 20\n");
        assertThatThrownBy(() -> BedFile.read(bed))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("line 2 of")
                .hasMessageContaining("bad.bed, got 'c 10 20'");
        Files.writeString(bed, "chr1\t0\t10\n");
        assertThatThrownBy(() -> new HeldOut(List.of(), 0).leavingOut(List.of(genome), BedFile.read(bed)))
                .hasMessageContaining("Expected a contig 'chr1'");
        Files.writeString(bed, "c\t90\t101\n");
        assertThatThrownBy(() -> new HeldOut(List.of(), 0).leavingOut(List.of(genome), BedFile.read(bed)))
                .hasMessageContaining("at least 101 bases");
    }
}
