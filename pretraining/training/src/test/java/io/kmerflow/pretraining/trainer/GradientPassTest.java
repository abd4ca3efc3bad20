package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Parameters;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GradientPassTest {
    private static final int ROWS = 4;
    private static final int WIDTH = 8;
    private static final BertModel MODEL = new BertModel(
            new ParameterLayout(new EncoderConfig(3, 16, 1, 2, 32, 16, 2, 0, 1e-12), HeadConfig.maskedTokens()));
    private static final BertModel CLASSIFIER = new BertModel(new ParameterLayout(
            new EncoderConfig(3, 16, 1, 2, 32, 16, 2, 0, 1e-12), new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 2)));

    /** Uneven: one label in the first row, three in the third, one in the last. */
    private static TrainingBatch masked() {
        return new TrainingBatch(rows(), new int[] {1, 17, 18, 19, 30}, new int[] {9, 20, 31, 42, 53}, 6);
    }

    private static TokenRows rows() {
        Xoshiro256 random = Xoshiro256.of(5);
        int[] ids = new int[ROWS * WIDTH];
        Arrays.setAll(ids, i -> 5 + random.nextInt(64));
        int[] counts = new int[ROWS];
        Arrays.fill(counts, WIDTH);
        return new TokenRows(ids, counts, WIDTH);
    }

    private record Result(float loss, double accuracy, float[] gradient) {}

    private static Result run(String devices, int parts, BertModel model, TrainingBatch batch, boolean wantsAccuracy) {
        try (TorchSession session = TorchSession.open(devices, 1);
                GradientPass pass = new GradientPass(session, model, parts);
                NDManager step = session.manager().newSubManager()) {
            NDArray weights = session.manager().create(model.layout().initialize(7));
            GradientPass.Outcome outcome = pass.run(step, weights, batch, wantsAccuracy);
            return new Result(
                    outcome.loss(), outcome.accuracy(), outcome.gradient().toFloatArray());
        }
    }

    private static double loss(TorchSession session, BertModel model, float[] weights, TrainingBatch batch) {
        try (NDManager scope = session.manager().newSubManager()) {
            Parameters parameters = new Parameters(model.layout(), scope.create(weights));
            NDArray logits = model.maskedTokenLogits(parameters, scope, batch.rows(), batch.positions(), false);
            return BertModel.crossEntropy(scope, logits, batch.labels()).getFloat();
        }
    }

    @Test
    void theGradientIsTheSlopeOfTheMeanLossInWhateverPartsItIsMade() {
        float[] weights = MODEL.layout().initialize(7);
        Result whole = run("cpu", 1, MODEL, masked(), true);
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            assertThat((double) whole.loss()).isCloseTo(loss(session, MODEL, weights, masked()), within(1e-5));
            double squared = 0;
            for (float slope : whole.gradient()) {
                squared += (double) slope * slope;
            }
            // Along the gradient the loss falls by its squared length.
            double small = 1e-2 / Math.sqrt(squared);
            float[] less = weights.clone();
            float[] more = weights.clone();
            for (int i = 0; i < weights.length; i++) {
                less[i] -= (float) (small * whole.gradient()[i]);
                more[i] += (float) (small * whole.gradient()[i]);
            }
            double slope = (loss(session, MODEL, more, masked()) - loss(session, MODEL, less, masked())) / (2 * small);
            assertThat(slope).isCloseTo(squared, within(0.02 * squared));
        }
        for (int parts : new int[] {2, 3, 4}) {
            for (String devices : new String[] {"cpu", "cpu,cpu", "cpu,cpu,cpu"}) {
                Result inParts = run(devices, parts, MODEL, masked(), true);
                assertThat(inParts.gradient()).containsExactly(whole.gradient(), within(1e-5f));
                assertThat(inParts.loss()).isCloseTo(whole.loss(), within(1e-5f));
                assertThat(inParts.accuracy()).isCloseTo(whole.accuracy(), within(1e-9));
            }
        }
    }

    @Test
    void accuracyIsTheShareOfRightAnswers() {
        try (TorchSession session = TorchSession.open("cpu", 1);
                NDManager scope = session.manager().newSubManager()) {
            Parameters parameters =
                    new Parameters(MODEL.layout(), scope.create(MODEL.layout().initialize(7)));
            TrainingBatch batch = masked();
            long[] best = MODEL.maskedTokenLogits(parameters, scope, batch.rows(), batch.positions(), false)
                    .argMax(-1)
                    .toLongArray();
            int[] labels = {(int) best[0], (int) best[1], (int) best[2], (int) best[3] ^ 1, (int) best[4]};
            TrainingBatch mostlyRight = new TrainingBatch(batch.rows(), batch.positions(), labels, 6);
            for (int parts : new int[] {1, 4}) {
                assertThat(run("cpu", parts, MODEL, mostlyRight, true).accuracy())
                        .isCloseTo(0.8, within(1e-9));
            }
        }
    }

    @Test
    void accuracyOverManyClassesIsCountedOnlyWhereAskedForAndOverFewAlways() {
        assertThat(run("cpu", 1, MODEL, masked(), false).accuracy()).isNaN();
        TrainingBatch classes = new TrainingBatch(rows(), null, new int[] {0, 1, 0, 1}, 0);
        double accuracy = run("cpu", 1, CLASSIFIER, classes, false).accuracy();
        assertThat(accuracy).isBetween(0.0, 1.0);
        assertThat(run("cpu", 4, CLASSIFIER, classes, true).accuracy()).isCloseTo(accuracy, within(1e-9));
    }

    @Test
    void aFailureOnAnyDeviceIsThrownAndThePassGoesOn() {
        for (int row : new int[] {0, ROWS - 1}) {
            TrainingBatch bad = masked();
            bad.rows().tokenIds()[row * WIDTH + 2] = 1_000;
            try (TorchSession session = TorchSession.open("cpu,cpu", 1);
                    GradientPass pass = new GradientPass(session, MODEL, 1)) {
                NDArray weights = session.manager().create(MODEL.layout().initialize(7));
                try (NDManager step = session.manager().newSubManager()) {
                    assertThatThrownBy(() -> pass.run(step, weights, bad, true)).hasMessageContaining("index");
                }
                try (NDManager step = session.manager().newSubManager()) {
                    assertThat(pass.run(step, weights, masked(), true)
                                    .gradient()
                                    .toFloatArray())
                            .containsExactly(
                                    run("cpu,cpu", 1, MODEL, masked(), true).gradient());
                }
            }
        }
    }

    @Test
    void theWeightsStayAsTheyAreAndHaveNoGradient() {
        try (TorchSession session = TorchSession.open("cpu,cpu", 1);
                GradientPass pass = new GradientPass(session, MODEL, 1);
                NDManager step = session.manager().newSubManager()) {
            NDArray weights = session.manager().create(MODEL.layout().initialize(7));
            pass.run(step, weights, masked(), false);
            assertThat(weights.toFloatArray()).containsExactly(MODEL.layout().initialize(7));
            assertThat(weights.hasGradient()).isFalse();
        }
    }
}
