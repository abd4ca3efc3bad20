package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccumulationTest {
    private static final BertModel MODEL = new BertModel(
            new ParameterLayout(new EncoderConfig(3, 16, 1, 2, 32, 16, 2, 0, 1e-12), HeadConfig.maskedTokens()));

    private static TrainingConfig config(int parts) {
        return SettingsTree.of(
                Map.of(
                        "steps",
                        5,
                        "batchSize",
                        5,
                        "learningRate",
                        1e-2,
                        "warmUpSteps",
                        0,
                        "epsilon",
                        1e-3,
                        "accumulate",
                        parts),
                TrainingConfig.class);
    }

    /** Five rows; the third has no masked position, the last has most of them. */
    private static TrainingBatch batch() {
        Xoshiro256 random = Xoshiro256.of(3);
        int[] ids = new int[5 * 12];
        Arrays.setAll(ids, i -> 5 + random.nextInt(64));
        int[] positions = {1, 2, 14, 38, 39, 49, 50, 51, 52, 53, 54, 55};
        int[] labels = new int[positions.length];
        Arrays.setAll(labels, i -> 5 + random.nextInt(64));
        return new TrainingBatch(new TokenRows(ids, new int[] {12, 12, 12, 12, 12}, 12), positions, labels, 6);
    }

    private static float[] trained(TorchSession session, int parts, double[] losses) {
        try (Trainer trainer =
                new Trainer(session, MODEL, config(parts), MODEL.layout().initialize(7))) {
            for (int step = 0; step < 3; step++) {
                losses[step] = trainer.train(batch(), true).loss();
            }
            return trainer.weights();
        }
    }

    @Test
    void aBatchInPartsTrainsAsTheWholeBatch() {
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            double[] losses = new double[3];
            float[] whole = trained(session, 1, losses);
            for (int parts : new int[] {2, 3, 5}) {
                double[] inParts = new double[3];
                assertThat(trained(session, parts, inParts)).containsExactly(whole, within(2e-4f));
                assertThat(inParts).containsExactly(losses, within(1e-4));
            }
            assertThat(losses[2]).isLessThan(losses[0] - 0.05);
        }
    }

    @Test
    void noLabelIsLostOrCountedTwice() {
        TrainingBatch batch = batch();
        int[] labels = batch.split(4).stream()
                .flatMapToInt(part -> Arrays.stream(part.labels()))
                .toArray();
        assertThat(labels).containsExactly(batch.labels());
        assertThat(batch.split(5)).as("the row without a mask is left out").hasSize(4);
    }
}
