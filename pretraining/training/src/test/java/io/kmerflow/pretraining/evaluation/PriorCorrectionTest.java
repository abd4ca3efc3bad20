package io.kmerflow.pretraining.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PriorCorrectionTest {
    /** Two normal distributions one apart, whose logits are those of a training set with the given odds of class 1. */
    private static ScoredExamples examples(double logOdds) {
        Random random = new Random(7);
        float[][] logits = new float[4_000][];
        int[] labels = new int[logits.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            double x = labels[i] + random.nextGaussian();
            logits[i] = new float[] {0, (float) (x - 0.5 + logOdds)};
        }
        return new ScoredExamples(logits, labels);
    }

    @Test
    void takesTheFrequenciesOfTrainingOut() {
        double[] biases = PriorCorrection.fit(examples(Math.log(3)));
        assertThat(biases[1] - biases[0]).as("three to one").isCloseTo(-Math.log(3), Offset.offset(0.1));
        assertThat(biases[0] + biases[1]).isCloseTo(0, Offset.offset(1e-9));
    }

    @Test
    void leavesABalancedClassifierNearlyAlone() {
        assertThat(PriorCorrection.fit(examples(0))[1]).isCloseTo(0, Offset.offset(0.05));
    }

    @Test
    void theLossOnTheExamplesFallsAndTheyAreNotChanged() {
        ScoredExamples examples = examples(2);
        double before = examples.negativeLogLikelihood(1);
        ScoredExamples shifted = PriorCorrection.shifted(examples, PriorCorrection.fit(examples));
        assertThat(shifted.negativeLogLikelihood(1)).isLessThan(before - 0.1);
        assertThat(examples.negativeLogLikelihood(1)).isEqualTo(before);
    }
}
