package io.kmerflow.pretraining.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.GenomeWindows;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.NoiseModel;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AnnotatedWindowsTest {
    private static final GenomeWindows.Settings EXACT = new GenomeWindows.Settings(40, 20, 0.5, NoiseModel.NONE);
    private static final List<Double> EQUAL = List.of(1.0, 1.0, 1.0);

    /** T where nothing is coded, A on the forward strand, G on the reverse strand (so C when turned), C where it is unclear. */
    private static AnnotatedSequence spelled(String name, int bases, String... locations) {
        List<Feature> features = new ArrayList<>();
        for (String location : locations) {
            features.add(new Feature("CDS", FeatureLocation.parse(location).parts(), false));
        }
        AnnotatedSequence empty = new AnnotatedSequence(List.of(name), new byte[bases], features);
        CodingMap map = CodingMap.of(empty);
        byte[] spelled = new byte[bases];
        for (int i = 0; i < bases; i++) {
            spelled[i] = (byte) "TAGC".charAt(map.at(i).ordinal());
        }
        return empty.withBases(spelled);
    }

    private static AnnotatedWindows windows(double boundaryShare, List<Double> labelWeights, AnnotatedSequence... one) {
        return new AnnotatedWindows(List.of(List.of(one)), null, labelWeights, EXACT, boundaryShare);
    }

    private static char middle(LabelledSequence window) {
        return (char) window.bases()[window.bases().length / 2];
    }

    @Test
    void labelIsWhatTheMiddleBaseIsOnTheStrandOfTheWindow() {
        AnnotatedWindows windows = windows(
                0.5,
                EQUAL,
                spelled("s", 1_000, "101..200", "complement(301..420)", "501..600", "complement(590..700)"));
        Xoshiro256 random = Xoshiro256.of(1);
        boolean[] shorter = new boolean[41];
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 3_000; i++) {
            LabelledSequence window = windows.draw(random);
            seen.add(window.label() + " " + middle(window));
            shorter[window.bases().length] = true;
        }
        assertThat(seen)
                .as(
                        "a forward gene is A, and T when turned, then as a reverse one; a reverse gene G and C; a gap T and A")
                .containsExactly("0 A", "0 C", "1 G", "1 T", "2 A", "2 T");
        for (int length = 20; length <= 40; length++) {
            assertThat(shorter[length]).as("windows of %d bases", length).isTrue();
        }
        assertThat(shorter[19]).isFalse();
    }

    @Test
    void labelsComeByWeightWhateverTheGenomeHas() {
        AnnotatedWindows windows = windows(0, List.of(2.0, 2.0, 1.0), spelled("all forward", 2_000, "51..1900"));
        Xoshiro256 random = Xoshiro256.of(2);
        int[] counts = new int[3];
        for (int i = 0; i < 5_000; i++) {
            LabelledSequence window = windows.draw(random);
            counts[window.label()]++;
            if (window.label() == AnnotatedWindows.REVERSE) {
                assertThat(middle(window)).as("a forward gene, turned").isEqualTo('T');
            }
        }
        assertThat(counts[AnnotatedWindows.FORWARD] / 5_000.0).isCloseTo(0.4, within(0.03));
        assertThat(counts[AnnotatedWindows.REVERSE] / 5_000.0).isCloseTo(0.4, within(0.03));
        assertThat(counts[AnnotatedWindows.NON_CODING] / 5_000.0).isCloseTo(0.2, within(0.03));
    }

    @Test
    void validationHasTheFrequenciesOfTheGenome() {
        AnnotatedWindows windows =
                windows(1, List.of(1.0, 1.0, 9.0), spelled("s", 10_100, "51..8050", "complement(8051..8060)"));
        List<LabelledSequence> fixed = windows.fixed(4_000, 5);
        double nonCoding = fixed.stream()
                        .filter(w -> w.label() == AnnotatedWindows.NON_CODING)
                        .count()
                / 4_000.0;
        assertThat(nonCoding).isCloseTo(0.207, within(0.02));
        assertThat(fixed.stream()
                                .filter(w -> w.label() == AnnotatedWindows.FORWARD)
                                .count()
                        / 4_000.0)
                .isCloseTo(0.396, within(0.025));
        assertThat(windows.fixed(4_000, 5).get(17).bases())
                .isEqualTo(fixed.get(17).bases());
    }

    /** Part of the windows with a border within half a window of their middle. */
    private static double nearBorder(double boundaryShare) {
        AnnotatedWindows windows = windows(boundaryShare, List.of(1.0, 1.0, 1e-9), spelled("s", 4_000, "1001..3000"));
        Xoshiro256 random = Xoshiro256.of(3);
        int near = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bases = windows.draw(random).bases();
            near += bases[0] != bases[bases.length - 1] ? 1 : 0;
        }
        return near / 2_000.0;
    }

    @Test
    void boundaryShareBringsMiddlesNearEnds() {
        assertThat(nearBorder(0)).isLessThan(0.05);
        assertThat(nearBorder(0.5)).isCloseTo(0.5, within(0.06));
        assertThat(nearBorder(1)).isGreaterThan(0.9);
    }

    @Test
    void errorsDoNotMoveTheLabelledBase() {
        NoiseModel indels = new NoiseModel(0, 0, 0.1, 0, 1, 1, 0);
        AnnotatedWindows windows = new AnnotatedWindows(
                List.of(List.of(spelled("one coding base", 3_000, "1501..1501"))),
                null,
                List.of(1.0, 1.0, 1e-9),
                new GenomeWindows.Settings(200, 200, 1, indels),
                0.5);
        Xoshiro256 random = Xoshiro256.of(4);
        int right = 0;
        for (int i = 0; i < 4_000; i++) {
            LabelledSequence window = windows.draw(random);
            right += middle(window) == "AT".charAt(window.label()) ? 1 : 0;
            assertThat(window.bases()).hasSize(200);
        }
        // Half of the windows are turned, where T is next to A and nothing else than the base itself is T.
        assertThat(right / 4_000.0)
                .as("all but those with an error at the base itself, at a mean rate of 0.05")
                .isGreaterThan(0.93);
    }

    @Test
    void unclearBasesAreInNoMiddleAndNIsInNoWindow() {
        AnnotatedSequence sequence = spelled("s", 1_000, "201..400", "complement(301..400)");
        sequence.bases()[700] = 'N';
        AnnotatedWindows windows = windows(0.5, EQUAL, sequence);
        Xoshiro256 random = Xoshiro256.of(6);
        for (int i = 0; i < 2_000; i++) {
            LabelledSequence window = windows.draw(random);
            assertThat(window.bases()).doesNotContain('N');
            assertThat(middle(window)).as("unclear bases are C, turned G").isIn('A', 'T');
        }
    }

    @Test
    void filesAreDrawnByWeight() {
        AnnotatedSequence one = spelled("one", 10_000, "101..5000");
        AnnotatedSequence other = spelled("other", 500, "101..250");
        byte[] marked = other.bases().clone();
        Arrays.fill(marked, (byte) 'C'); // turned, G
        AnnotatedWindows windows = new AnnotatedWindows(
                List.of(List.of(one), List.of(other.withBases(marked))), List.of(1.0, 3.0), EQUAL, EXACT, 0);
        Xoshiro256 random = Xoshiro256.of(7);
        int ofOther = 0;
        for (int i = 0; i < 3_000; i++) {
            char middle = middle(windows.draw(random));
            ofOther += middle == 'C' || middle == 'G' ? 1 : 0;
        }
        assertThat(ofOther / 3_000.0).isCloseTo(0.75, within(0.03));
    }

    @Test
    void sameGeneratorGivesSameWindows() {
        AnnotatedWindows windows = windows(0.3, EQUAL, spelled("s", 1_000, "101..400", "complement(501..800)"));
        Xoshiro256 one = Xoshiro256.of(8);
        Xoshiro256 other = Xoshiro256.of(8);
        for (int i = 0; i < 100; i++) {
            LabelledSequence window = windows.draw(one);
            LabelledSequence again = windows.draw(other);
            assertThat(again.bases()).isEqualTo(window.bases());
            assertThat(again.label()).isEqualTo(window.label());
        }
    }

    @Test
    void filesWithoutBothKindsOrWithoutRoomAreRefused() {
        assertThatThrownBy(() -> windows(0, EQUAL, spelled("bare", 500)))
                .isInstanceOf(CorpusException.class)
                .hasMessage(
                        "Expected coding and non-coding bases in each annotated file, got 0 and 500 in the one that begins with bare");
        AnnotatedWindows small = windows(0, EQUAL, spelled("small", 15, "1..7"));
        assertThatThrownBy(() -> small.draw(Xoshiro256.of(1)))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("found none in 10000 draws from the one that begins with small");
        assertThatThrownBy(() -> windows(1.5, EQUAL, spelled("s", 100, "1..7")))
                .hasMessageContaining("boundaryShare of 0 to 1")
                .hasMessageContaining("1.5");
    }
}
