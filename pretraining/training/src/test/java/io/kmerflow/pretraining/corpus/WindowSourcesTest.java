package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowSourcesTest {
    private static final WindowSource ONLY_A = (bases, random) -> repeated('A', bases);
    private static final WindowSource ONLY_C = (bases, random) -> repeated('C', bases);
    /** A then C in turn: its Markov chains of any order go on like that, its shuffles do not. */
    private static final WindowSource ALTERNATING = (bases, random) -> {
        byte[] drawn = repeated('A', bases);
        for (int i = 1; i < bases; i += 2) {
            drawn[i] = 'C';
        }
        return drawn;
    };

    private static byte[] repeated(char base, int bases) {
        byte[] drawn = new byte[bases];
        Arrays.fill(drawn, (byte) base);
        return drawn;
    }

    private static Regions regions(char base, int bases) {
        return Regions.training(
                List.of(InMemoryGenome.of("g" + base, "c", repeated(base, bases))), new HeldOut(List.of(), 0), 50);
    }

    @Test
    void drawsGenomeByWeightNotByLength() {
        WeightedRegions regions =
                new WeightedRegions(List.of(regions('A', 100_000), regions('C', 1_000)), List.of(1.0, 3.0));
        Xoshiro256 random = Xoshiro256.of(1);
        int ofShort = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] drawn = regions.draw(50, random);
            assertThat(drawn).hasSize(50);
            ofShort += drawn[0] == 'C' ? 1 : 0;
        }
        assertThat(ofShort / 4_000.0).isCloseTo(0.75, within(0.03));
        assertThatThrownBy(() -> new WeightedRegions(List.of(regions('A', 100)), List.of(0.0)))
                .hasMessageContaining("weights above 0, got 0.0");
    }

    @Test
    void drawsLabelByWeight() {
        GenomeWindows windows = new GenomeWindows(
                List.of(ONLY_A, ONLY_C), List.of(1.0, 4.0), new GenomeWindows.Settings(60, 30, 1, NoiseModel.NONE));
        Xoshiro256 random = Xoshiro256.of(2);
        int second = 0;
        for (int i = 0; i < 4_000; i++) {
            second += windows.draw(random).label();
        }
        assertThat(second / 4_000.0).isCloseTo(0.8, within(0.03));
    }

    @Test
    void mixesTwoSourcesByShare() {
        MixedSource mixed = new MixedSource(ONLY_A, ONLY_C, 0.3);
        Xoshiro256 random = Xoshiro256.of(3);
        int second = 0;
        for (int i = 0; i < 4_000; i++) {
            second += mixed.draw(1, random)[0] == 'C' ? 1 : 0;
        }
        assertThat(second / 4_000.0).isCloseTo(0.3, within(0.03));
        assertThatThrownBy(() -> new MixedSource(ONLY_A, ONLY_C, Double.NaN)).hasMessageContaining("0 to 1, got NaN");
    }

    @Test
    void syntheticWindowsAreOfFourKinds() {
        SyntheticWindows synthetic = new SyntheticWindows(List.of(ALTERNATING));
        Xoshiro256 random = Xoshiro256.of(4);
        int shuffled = 0;
        int chains = 0;
        int others = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] drawn = synthetic.draw(120, random);
            assertThat(drawn).hasSize(120);
            int inTurn = 0;
            long a = 0;
            long c = 0;
            for (int b = 0; b < drawn.length; b++) {
                assertThat("ACGT".indexOf(drawn[b])).isNotNegative();
                a += drawn[b] == 'A' ? 1 : 0;
                c += drawn[b] == 'C' ? 1 : 0;
                inTurn += b > 0 && (drawn[b] == 'A' && drawn[b - 1] == 'C' || drawn[b] == 'C' && drawn[b - 1] == 'A')
                        ? 1
                        : 0;
            }
            if (inTurn >= 110) {
                chains++;
            } else if (a == 60 && c == 60) {
                shuffled++;
            } else {
                others++;
            }
        }
        assertThat(chains / 2_000.0).as("Markov").isCloseTo(0.25, within(0.04));
        assertThat(shuffled / 2_000.0).isCloseTo(0.25, within(0.04));
        assertThat(others / 2_000.0).as("repeats and random").isCloseTo(0.5, within(0.04));
    }

    @Test
    void sameGeneratorGivesSameWindows() {
        SyntheticWindows synthetic = new SyntheticWindows(List.of(ALTERNATING, ONLY_C));
        Xoshiro256 one = Xoshiro256.of(5);
        Xoshiro256 other = Xoshiro256.of(5);
        for (int i = 0; i < 50; i++) {
            assertThat(synthetic.draw(80, one)).isEqualTo(synthetic.draw(80, other));
        }
    }

    private static byte[] genome(int bases) {
        byte[] genome = new byte[bases];
        Xoshiro256 random = Xoshiro256.of(bases);
        for (int i = 0; i < bases; i++) {
            genome[i] = (byte) "ACGT".charAt(random.nextInt(4));
        }
        return genome;
    }

    private static Regions contigs(int minBases, int... lengths) {
        List<Genome> genomes = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            genomes.add(InMemoryGenome.of("g" + i, "c", genome(lengths[i])));
        }
        return Regions.training(genomes, new HeldOut(List.of(), 0), minBases);
    }

    @Test
    void shortContigsGiveSyntheticWindowsTooOfWhateverLengthTheyHave() {
        int[] lengths = new int[200];
        Arrays.setAll(lengths, i -> 160 + i); // no stretch of 4,000 bases, to learn chains from
        lengths[0] = 4_000; // and one place for one
        Regions contigs = contigs(150, lengths);
        for (WindowSource known : List.of(
                contigs, new WeightedRegions(List.of(contigs), List.of(1.0)), new MixedSource(contigs, contigs, 0.5))) {
            SyntheticWindows synthetic = new SyntheticWindows(List.of(known));
            Xoshiro256 random = Xoshiro256.of(6);
            for (int i = 0; i < 200; i++) {
                assertThat(synthetic.draw(150, random)).hasSize(150);
            }
        }
    }

    @Test
    void aStretchIsAsLongAsTheContigsAllow() {
        Xoshiro256 random = Xoshiro256.of(7);
        assertThat(contigs(50, 100_000).draw(50, 4_000, random)).hasSize(4_000);
        assertThat(contigs(50, 50).draw(50, 4_000, random)).isEqualTo(genome(50));
        for (int i = 0; i < 50; i++) {
            assertThat(contigs(50, 90, 70).draw(60, 4_000, random)).hasSizeBetween(60, 90);
        }
        assertThatThrownBy(() -> contigs(50, 90).draw(91, 4_000, random))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("at least 91 bases");
    }

    /** A model trained from a seed is drawn the same windows as before there was a shorter choice. */
    @Test
    void longContigsGiveTheStretchOfTheirGenerator() {
        Regions contigs = contigs(50, 100_000, 20_000);
        for (int seed = 0; seed < 50; seed++) {
            assertThat(contigs.draw(150, 4_000, Xoshiro256.of(seed)))
                    .isEqualTo(contigs.draw(4_000, Xoshiro256.of(seed)));
        }
    }
}
