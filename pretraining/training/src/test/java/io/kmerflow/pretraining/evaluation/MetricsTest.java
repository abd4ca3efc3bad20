package io.kmerflow.pretraining.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final double TINY = 1e-12;

    private static ConfusionMatrix matrix(long[][] counts) {
        ConfusionMatrix matrix = new ConfusionMatrix(counts.length);
        for (int t = 0; t < counts.length; t++) {
            for (int c = 0; c < counts.length; c++) {
                for (long i = 0; i < counts[t][c]; i++) {
                    matrix.add(t, c);
                }
            }
        }
        return matrix;
    }

    @Test
    void twoClassesByHand() {
        // true negatives 6, false positives 1, false negatives 2, true positives 3
        ConfusionMatrix matrix = matrix(new long[][] {{6, 1}, {2, 3}});
        assertThat(matrix.accuracy()).isCloseTo(9 / 12.0, within(TINY));
        assertThat(matrix.recall(1)).isCloseTo(3 / 5.0, within(TINY));
        assertThat(matrix.precision(1)).isCloseTo(3 / 4.0, within(TINY));
        assertThat(matrix.balancedAccuracy()).isCloseTo((6 / 7.0 + 3 / 5.0) / 2, within(TINY));
        assertThat(matrix.macroF1()).isCloseTo((12 / 15.0 + 6 / 9.0) / 2, within(TINY));
        // (TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)) = 16 / sqrt(4 * 5 * 7 * 8)
        assertThat(matrix.matthewsCorrelation()).isCloseTo(16 / Math.sqrt(1120), within(TINY));
    }

    @Test
    void threeClassesByHand() {
        // Truths 5, 5, 5; calls 6, 4, 5; right 10 of 15: (10 * 15 - (30 + 20 + 25)) / sqrt(225 - 77) / sqrt(225 - 75).
        ConfusionMatrix matrix = matrix(new long[][] {{4, 0, 1}, {1, 3, 1}, {1, 1, 3}});
        assertThat(matrix.accuracy()).isCloseTo(10 / 15.0, within(TINY));
        assertThat(matrix.matthewsCorrelation())
                .isCloseTo((10 * 15 - 75) / (Math.sqrt(225 - 77) * Math.sqrt(225 - 75)), within(TINY));
    }

    @Test
    void callingOneClassAloneHasNoCorrelation() {
        assertThat(matrix(new long[][] {{5, 0}, {5, 0}}).matthewsCorrelation()).isZero();
    }

    @Test
    void areaUnderTheCurveCountsTiesHalf() {
        // Positives 0.8 and 0.4 against negatives 0.5, 0.4 and 0.1: won 3 + (0 + 0.5 + 1) of 6.
        double area = RankMetrics.auc(
                new double[] {0.8, 0.5, 0.4, 0.4, 0.1}, new boolean[] {true, false, true, false, false});
        assertThat(area).isCloseTo(4.5 / 6, within(TINY));
        assertThat(RankMetrics.auc(new double[] {1, 2}, new boolean[] {true, true}))
                .isNaN();
    }

    @Test
    void theAreaOfSeveralClassesIsTheirMean() {
        double[][] scores = {{0.7, 0.2, 0.1}, {0.1, 0.8, 0.1}, {0.3, 0.4, 0.3}, {0.5, 0.1, 0.4}};
        int[] labels = {0, 1, 2, 0};
        // class 0: 0.7, 0.5 against 0.1, 0.3: 1. Class 1: 0.8 against the rest: 1. Class 2: 0.3 beats 0.1, 0.1, not
        // 0.4.
        assertThat(RankMetrics.macroAuc(scores, labels, 3)).isCloseTo((1 + 1 + 2 / 3.0) / 3, within(TINY));
    }

    @Test
    void lossIsTheMeanSurprise() {
        ScoredExamples examples =
                new ScoredExamples(new float[][] {{0, 0}, {(float) Math.log(3), 0}}, new int[] {0, 1});
        assertThat(examples.negativeLogLikelihood(1)).isCloseTo((Math.log(2) + Math.log(4)) / 2, within(1e-6));
    }

    @Test
    void theTemperatureUndoesOverconfidence() {
        // Right 3 times of 4 at a logit gap of 5: best at a gap of ln 3, a temperature of 5 / ln 3.
        float[][] logits = new float[400][];
        int[] labels = new int[400];
        for (int i = 0; i < 400; i++) {
            logits[i] = new float[] {5, 0};
            labels[i] = i % 4 == 0 ? 1 : 0;
        }
        Calibration calibration = Calibration.fit(new ScoredExamples(logits, labels), new boolean[logits[0].length]);
        assertThat(calibration.temperature()).isCloseTo(5 / Math.log(3), within(1e-3));
        assertThat(calibration.threshold()).isCloseTo(0.75, within(1e-4));
    }

    @Test
    void nineOfTenValidationExamplesReachTheThreshold() {
        Xoshiro256 random = Xoshiro256.of(3);
        float[][] logits = new float[1_000][];
        int[] labels = new int[1_000];
        for (int i = 0; i < 1_000; i++) {
            logits[i] = new float[] {(float) random.nextGaussian() * 3, (float) random.nextGaussian() * 3};
            labels[i] = random.nextInt(10) == 0 ? 1 - ScoredExamples.best(logits[i]) : ScoredExamples.best(logits[i]);
        }
        ScoredExamples examples = new ScoredExamples(logits, labels);
        Calibration calibration = Calibration.fit(examples, new boolean[examples.classes()]);
        int called = 0;
        for (float[] row : logits) {
            double[] scores = ScoredExamples.probabilities(row, calibration.temperature());
            called += Math.max(scores[0], scores[1]) >= calibration.threshold() ? 1 : 0;
        }
        assertThat(called).isEqualTo(900);
    }

    @Test
    void nineOfTenKnownExamplesAreCalledBesideBackgroundLabel() {
        Xoshiro256 random = Xoshiro256.of(4);
        float[][] logits = new float[3_000][];
        int[] labels = new int[3_000];
        for (int i = 0; i < logits.length; i++) {
            labels[i] = i % 3;
            logits[i] = new float[3];
            for (int c = 0; c < 3; c++) {
                logits[i][c] = (float) random.nextGaussian() + (c == labels[i] ? 4 : 0);
            }
        }
        boolean[] backgrounds = {false, false, true};
        ScoredExamples examples = new ScoredExamples(logits, labels);
        Calibration calibration = Calibration.fit(examples, backgrounds);
        int called = 0;
        for (int i = 0; i < logits.length; i++) {
            int best = ScoredExamples.best(logits[i]);
            double score = ScoredExamples.probabilities(logits[i], calibration.temperature())[best];
            called += labels[i] != 2 && best != 2 && score >= calibration.threshold() ? 1 : 0;
        }
        assertThat(called).isEqualTo(1_800);
    }

    @Test
    void nineOfTenExamplesOfEachLabelThatItLeadsAreCalled() {
        Xoshiro256 random = Xoshiro256.of(5);
        float[][] logits = new float[2_020][];
        int[] labels = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            labels[i] = i < 2_000 ? i % 2 : 2 + i % 2; // of the third too few
            logits[i] = new float[4];
            for (int c = 0; c < 4; c++) {
                logits[i][c] = (float) random.nextGaussian() + (c == labels[i] ? c == 0 ? 6 : 2 : 0);
            }
        }
        ScoredExamples examples = new ScoredExamples(logits, labels);
        List<Double> thresholds = Calibration.labelThresholds(examples, 1, new boolean[] {false, false, false, true});
        assertThat(thresholds.subList(2, 4)).containsOnlyNulls();
        assertThat(thresholds.get(0)).isGreaterThan(thresholds.get(1) + 0.2);
        for (int label = 0; label < 2; label++) {
            int leads = 0;
            int called = 0;
            for (int i = label; i < 2_000; i += 2) {
                boolean led = ScoredExamples.best(logits[i]) == label;
                leads += led ? 1 : 0;
                called += led && ScoredExamples.probabilities(logits[i], 1)[label] >= thresholds.get(label) ? 1 : 0;
            }
            assertThat(called).isEqualTo((int) Math.ceil(0.9 * leads));
        }
    }

    @Test
    void callsEverythingWhenTooFewKnownExamplesBeatTheBackground() {
        float[][] logits = {{0, 1}, {1, 0}, {0, 1}, {0, 3}};
        Calibration calibration =
                Calibration.fit(new ScoredExamples(logits, new int[] {0, 0, 0, 1}), new boolean[] {false, true});
        assertThat(calibration.threshold()).isZero();
    }

    private static List<LabelledSequence> composition(int count, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        List<LabelledSequence> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = i % 2;
            byte[] bases = new byte[60];
            for (int b = 0; b < bases.length; b++) {
                boolean gc = random.nextDouble() < (label == 0 ? 0.35 : 0.65);
                bases[b] = Nucleotide.base((gc ? 2 : 0) + random.nextInt(2));
            }
            drawn.add(new LabelledSequence(bases, label));
        }
        return drawn;
    }

    @Test
    void theControlLearnsCompositionAndIgnoresTheStrand() {
        KmerLogisticRegression control = KmerLogisticRegression.train(
                composition(600, 1), 2, new KmerLogisticRegression.Settings(3, 1e-3, 5, 0.02, 1));
        int right = 0;
        List<LabelledSequence> unseen = composition(400, 2);
        for (LabelledSequence sequence : unseen) {
            right += control.predict(sequence.bases()) == sequence.label() ? 1 : 0;
            assertThat(control.probabilities(Nucleotide.reverseComplement(sequence.bases()))[1])
                    .isCloseTo(control.probabilities(sequence.bases())[1], within(1e-6));
        }
        assertThat(right / 400.0).isGreaterThan(0.95);
    }

    @Test
    void aStrandedControlTellsASequenceFromItsReverseComplement() {
        List<LabelledSequence> strands = new ArrayList<>();
        List<LabelledSequence> drawn = composition(1_200, 3);
        for (int i = 0; i < drawn.size(); i += 2) { // all of one composition
            byte[] bases = drawn.get(i).bases().clone();
            for (int b = 0; b + 3 <= bases.length; b += 12) {
                System.arraycopy("GCA".getBytes(StandardCharsets.US_ASCII), 0, bases, b, 3);
            }
            int label = i / 2 % 2;
            strands.add(new LabelledSequence(label == 0 ? bases : Nucleotide.reverseComplement(bases), label));
        }
        KmerLogisticRegression stranded = KmerLogisticRegression.train(
                strands.subList(0, 400), 2, new KmerLogisticRegression.Settings(3, 1e-3, 5, 0.02, 1, true));
        assertThat(stranded.features()).isEqualTo(64);
        int right = 0;
        for (LabelledSequence sequence : strands.subList(400, 600)) {
            right += stranded.predict(sequence.bases()) == sequence.label() ? 1 : 0;
            right += stranded.predict(Nucleotide.reverseComplement(sequence.bases())) == sequence.label() ? 0 : 1;
        }
        assertThat(right / 400.0).isGreaterThan(0.9);
    }

    @Test
    void canonicalKmersAreHalfOfAllPlusThePalindromes() {
        for (int k : new int[] {3, 4, 6}) {
            int palindromes = k % 2 == 0 ? 1 << k : 0;
            KmerLogisticRegression control = KmerLogisticRegression.train(
                    composition(2, 1), 2, new KmerLogisticRegression.Settings(k, 0, 1, 0.01, 1));
            assertThat(control.features()).isEqualTo(((1 << 2 * k) + palindromes) / 2);
        }
    }
}
