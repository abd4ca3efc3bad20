package io.kmerflow.pretraining.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.token.SpecialToken;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanMaskerTest {
    private static final int VOCABULARY = 4101;
    private static final int FILLER = 100;

    private static MaskingStrategy fixed(int span, double probability) {
        return MaskingStrategy.of(MaskCurriculum.fixed(span), MaskingStrategy.Width.BOUNDARY, probability);
    }

    /** [CLS], n k-mers, [SEP], then padding. */
    private static int[] row(int kmers, int padding) {
        int[] ids = new int[kmers + 2 + padding];
        Arrays.fill(ids, 1, kmers + 1, FILLER);
        ids[0] = SpecialToken.CLS.id();
        ids[kmers + 1] = SpecialToken.SEP.id();
        return ids;
    }

    /** Draws until exactly one centre was drawn, at the wanted place, and gives the masked positions. */
    private static int[] positionsOfOneCentre(int span, int centre, int kmers) {
        double probability = 0.02;
        for (long index = 0; ; index++) {
            int hits = 0;
            int at = 0;
            Xoshiro256 coins = Xoshiro256.of(5, 5, index);
            for (int i = 1; i <= kmers; i++) {
                if (coins.nextDouble() < probability) {
                    hits++;
                    at = i;
                }
            }
            if (hits == 1 && at == centre) {
                SpanMasker masker = new SpanMasker(fixed(span, probability), VOCABULARY);
                masker.mask(row(kmers, 3), 0, kmers + 2, 0, Xoshiro256.of(5, 5, index));
                return masker.positions();
            }
        }
    }

    /** Spans of 20 k-mers at indices 1 to 20, as the algorithm gives them. */
    @ParameterizedTest
    @CsvSource({
        "10, 6, 8, 13", "10, 8, 7, 14", "10, 10, 6, 15", "10, 12, 5, 16", "10, 14, 4, 17",
        "1, 6, 1, 4", "1, 8, 1, 5", "1, 10, 1, 6", "1, 12, 1, 7", "1, 14, 1, 8",
        "2, 6, 1, 5", "2, 8, 1, 6", "2, 10, 1, 7", "2, 12, 1, 8", "2, 14, 1, 9",
        "20, 6, 18, 20", "20, 8, 17, 20", "20, 10, 16, 20", "20, 12, 15, 20", "20, 14, 14, 20",
        // DNABERT's offsets for smaller k
        "10, 3, 9, 11", "10, 4, 9, 12", "10, 5, 8, 12",
    })
    void aSpanReachesSoFarAndIsCutAtTheBorders(int centre, int span, int first, int last) {
        int[] expected = new int[last - first + 1];
        Arrays.setAll(expected, i -> first + i);
        assertThat(positionsOfOneCentre(span, centre, 20)).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"6, 14.1", "8, 18.3", "10, 22.4", "12, 26.1", "14, 29.8"})
    void theMaskedShareIsThatOfUnitedSpans(int span, double percent) {
        int kmers = 510;
        int sequences = 3_000;
        SpanMasker masker = new SpanMasker(fixed(span, 0.025), VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(11);
        long masked = 0;
        for (int i = 0; i < sequences; i++) {
            masker.clear();
            masker.mask(row(kmers, 0), 0, kmers + 2, 0, random);
            masked += masker.positions().length;
        }
        assertThat(100.0 * masked / ((long) kmers * sequences)).isCloseTo(percent, within(0.3));
    }

    @Test
    void chosenTokensAreReplacedEightyTenTen() {
        SpanMasker masker = new SpanMasker(fixed(6, 0.025), VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(12);
        long masks = 0;
        long unchanged = 0;
        long all = 0;
        boolean[] seen = new boolean[VOCABULARY];
        for (int i = 0; i < 2_000; i++) {
            int[] ids = row(510, 0);
            masker.clear();
            masker.mask(ids, 0, 512, 0, random);
            assertThat(masker.labels()).containsOnly(FILLER);
            for (int position : masker.positions()) {
                all++;
                if (ids[position] == SpecialToken.MASK.id()) {
                    masks++;
                } else if (ids[position] == FILLER) {
                    unchanged++;
                } else {
                    seen[ids[position]] = true;
                }
            }
        }
        assertThat(100.0 * masks / all).isCloseTo(80, within(0.5));
        assertThat(100.0 * unchanged / all).isCloseTo(10, within(0.5));
        assertThat(seen[SpecialToken.PAD.id()])
                .as("random ids are of the whole vocabulary")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 14})
    void specialTokensAndPaddingAreNeverMasked(int span) {
        SpanMasker masker = new SpanMasker(fixed(span, 0.5), VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(13);
        for (int i = 0; i < 200; i++) {
            int[] ids = row(30, 10);
            masker.clear();
            masker.mask(ids, 0, 32, 0, random);
            assertThat(Arrays.stream(masker.positions()).boxed()).isNotEmpty().allMatch(p -> p >= 1 && p <= 30);
            assertThat(ids[0]).isEqualTo(SpecialToken.CLS.id());
            assertThat(ids[31]).isEqualTo(SpecialToken.SEP.id());
            assertThat(Arrays.copyOfRange(ids, 32, 42)).containsOnly(SpecialToken.PAD.id());
        }
    }

    @Test
    void positionsOfASecondRowCountFromTheStartOfTheBatch() {
        SpanMasker masker = new SpanMasker(fixed(3, 0.9), VOCABULARY);
        int[] ids = new int[24];
        System.arraycopy(row(10, 0), 0, ids, 12, 12);
        masker.mask(ids, 12, 12, 0, Xoshiro256.of(14));
        assertThat(Arrays.stream(masker.positions()).boxed()).isNotEmpty().allMatch(p -> p >= 13 && p <= 22);
    }

    @Test
    void randomMasksStagesBeginAtTheirLimits() {
        MaskCurriculum curriculum = MaskCurriculum.randomMask(480_000);
        assertThat(List.of(0L, 29_999L, 30_000L, 59_999L, 60_000L, 99_999L, 100_000L, 149_999L, 150_000L, 480_000L))
                .extracting(curriculum::span)
                .containsExactly(6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
    }

    @Test
    void shorterBudgetsScaleTheLimits() {
        MaskCurriculum curriculum = MaskCurriculum.randomMask(4_800);
        assertThat(List.of(299L, 300L, 600L, 999L, 1_000L, 1_500L))
                .extracting(curriculum::span)
                .containsExactly(6, 8, 10, 10, 12, 14);
        assertThat(curriculum.reversed().span(0)).isEqualTo(14);
        assertThat(curriculum.reversed().span(4_799)).isEqualTo(6);
    }

    @Test
    void drawnSpansGoUpToTheStagesBoundary() {
        MaskingStrategy strategy =
                MaskingStrategy.of(MaskCurriculum.randomMask(480_000), MaskingStrategy.Width.UP_TO_BOUNDARY, 0.025);
        Xoshiro256 random = Xoshiro256.of(15);
        assertThat(spans(strategy, 0, random)).containsExactly(6);
        assertThat(spans(strategy, 70_000, random)).containsExactly(6, 8, 10);
        assertThat(spans(strategy, 200_000, random)).containsExactly(6, 8, 10, 12, 14);
    }

    private static int[] spans(MaskingStrategy strategy, long step, Xoshiro256 random) {
        int[] spans = new int[500];
        Arrays.setAll(spans, i -> strategy.span(step, random));
        return Arrays.stream(spans).distinct().sorted().toArray();
    }

    /** Run lengths of 510 k-mers, united and clamped. */
    @ParameterizedTest
    @CsvSource({"6, 6.5", "8, 8.9", "10, 11.4", "12, 14.0", "14, 16.8"})
    void unitedSpansMakeRunsOfThisMeanLength(int span, double mean) {
        assertThat(meanRun(fixed(span, 0.025), 1)).isCloseTo(mean, within(0.1));
    }

    private static double meanRun(MaskingStrategy strategy, long step) {
        SpanMasker masker = new SpanMasker(strategy, VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(16);
        long tokens = 0;
        long runs = 0;
        for (int i = 0; i < 3_000; i++) {
            masker.clear();
            masker.mask(row(510, 0), 0, 512, step, random);
            int previous = -2;
            for (int at : masker.positions()) {
                runs += at == previous + 1 ? 0 : 1;
                previous = at;
                tokens++;
            }
        }
        return (double) tokens / runs;
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 14})
    void aShareGivesTheProbabilityThatMasksIt(int span) {
        double probability = MaskingStrategy.probabilityOfShare(0.3, span);
        SpanMasker masker = new SpanMasker(fixed(span, probability), VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(17);
        long masked = 0;
        for (int i = 0; i < 2_000; i++) {
            masker.clear();
            masker.mask(row(510, 0), 0, 512, 0, random);
            masked += masker.positions().length;
        }
        assertThat(100.0 * masked / (510 * 2_000)).isCloseTo(30, within(0.4));
    }

    @Test
    void maskOnlyLeavesNoTokenInASpanToReadFrom() {
        SpanMasker masker = new SpanMasker(fixed(6, 0.1).with(Replacement.MASK_ONLY), VOCABULARY);
        int[] ids = row(510, 0);
        masker.mask(ids, 0, 512, 0, Xoshiro256.of(18));
        assertThat(masker.positions()).isNotEmpty();
        for (int at : masker.positions()) {
            assertThat(ids[at]).isEqualTo(SpecialToken.MASK.id());
        }
    }

    @Test
    void oneDecisionPerRunMasksWholeRunsInTheSameShares() {
        SpanMasker masker = new SpanMasker(fixed(6, 0.02).with(Replacement.PER_SPAN), VOCABULARY);
        Xoshiro256 random = Xoshiro256.of(19);
        int runs = 0;
        int masks = 0;
        int mixed = 0;
        for (int i = 0; i < 4_000; i++) {
            int[] ids = row(510, 0);
            masker.clear();
            masker.mask(ids, 0, 512, 0, random);
            int[] at = masker.positions();
            for (int j = 0; j < at.length; j++) {
                boolean masked = ids[at[j]] == SpecialToken.MASK.id();
                if (j == 0 || at[j] != at[j - 1] + 1) {
                    runs++;
                    masks += masked ? 1 : 0;
                } else if (masked != (ids[at[j - 1]] == SpecialToken.MASK.id())) {
                    mixed++;
                }
            }
        }
        // A random id may be that of [MASK]: one in 4,101 of a tenth of the tokens, and it has two neighbours.
        assertThat(mixed).isLessThan(runs / 1_000);
        assertThat(100.0 * masks / runs).isCloseTo(80, within(1.0));
    }

    @Test
    void spansDrawnOneByOneDifferInsideASequence() {
        MaskingStrategy each = MaskingStrategy.of(
                MaskCurriculum.randomMask(480_000), MaskingStrategy.Width.UP_TO_BOUNDARY_PER_SPAN, 0.004);
        SpanMasker masker = new SpanMasker(each, VOCABULARY);
        int sequencesWithTwoLengths = 0;
        for (int i = 0; i < 200; i++) {
            masker.clear();
            masker.mask(row(510, 0), 0, 512, 200_000, Xoshiro256.of(20, 0, i));
            int[] at = masker.positions();
            Set<Integer> lengths = new TreeSet<>();
            int length = 0;
            for (int j = 0; j < at.length; j++) {
                length = j > 0 && at[j] == at[j - 1] + 1 ? length + 1 : 1;
                if (j == at.length - 1 || at[j + 1] != at[j] + 1) {
                    lengths.add(length);
                }
            }
            sequencesWithTwoLengths += lengths.size() > 1 ? 1 : 0;
        }
        assertThat(sequencesWithTwoLengths).isGreaterThan(50);
    }

    /** Masks are a function of seed and step for good: a training run that resumes draws the same ones. */
    @Test
    void theMasksOfASeedNeverChange() {
        SpanMasker masker = new SpanMasker(fixed(3, 0.2), VOCABULARY);
        int[] ids = row(24, 0);

        masker.mask(ids, 0, 26, 0, Xoshiro256.of(21, 1, 2));

        assertThat(masker.positions()).containsExactly(1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 17, 18, 19, 21, 22, 23);
        // The numbers of an implementation of its own, in another language: 4 is [MASK], 100 what stands there.
        assertThat(Arrays.copyOfRange(ids, 1, 25))
                .containsExactly(
                        4, 4, 100, 100, 4, 4, 4, 4, 601, 4, 4, 4, 100, 100, 100, 100, 4, 1865, 4, 100, 100, 884, 4,
                        100);
    }
}
