package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
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

/** Several devices, here the CPU several times, train as one does. */
class ReplicasTest {
    private static final int ROWS = 6;
    private static final int WIDTH = 12;

    private static BertModel model(double dropout, HeadConfig head) {
        return new BertModel(new ParameterLayout(new EncoderConfig(3, 16, 1, 2, 32, 16, 2, dropout, 1e-12), head));
    }

    private static TrainingConfig config(int parts) {
        return SettingsTree.of(
                Map.of(
                        "steps",
                        5,
                        "batchSize",
                        ROWS,
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

    /** Six rows; the third has no masked position, the last has most of them. */
    private static TrainingBatch masked(long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        int[] positions = {1, 2, 14, 38, 39, 49, 50, 61, 62, 63, 64, 65};
        int[] labels = new int[positions.length];
        Arrays.setAll(labels, i -> 5 + random.nextInt(64));
        return new TrainingBatch(rows(random), positions, labels, 6);
    }

    private static TrainingBatch classes() {
        return new TrainingBatch(rows(Xoshiro256.of(8)), null, new int[] {0, 1, 0, 0, 1, 1}, 0);
    }

    private static TokenRows rows(Xoshiro256 random) {
        int[] ids = new int[ROWS * WIDTH];
        Arrays.setAll(ids, i -> 5 + random.nextInt(64));
        int[] counts = new int[ROWS];
        Arrays.fill(counts, WIDTH);
        return new TokenRows(ids, counts, WIDTH);
    }

    private record Trained(float[] weights, double[] losses, double[] accuracies) {}

    private static Trained train(String devices, int accumulate, BertModel model, TrainingBatch... batches) {
        try (TorchSession session = TorchSession.open(devices, 1);
                Trainer trainer = new Trainer(
                        session, model, config(accumulate), model.layout().initialize(7))) {
            double[] losses = new double[batches.length];
            double[] accuracies = new double[batches.length];
            for (int step = 0; step < batches.length; step++) {
                Trainer.StepResult result = trainer.train(batches[step], true);
                losses[step] = result.loss();
                accuracies[step] = result.accuracy();
            }
            return new Trained(trainer.weights(), losses, accuracies);
        }
    }

    @Test
    void twoReplicasTrainBitForBitAsTwoPartsOnOneDevice() {
        BertModel masked = model(0, HeadConfig.maskedTokens());
        TrainingBatch[] batches = {masked(3), masked(4), masked(5)};
        Trained parts = train("cpu", 2, masked, batches);
        Trained replicas = train("cpu,cpu", 1, masked, batches);
        assertThat(replicas.weights()).containsExactly(parts.weights());
        assertThat(replicas.losses()).containsExactly(parts.losses());
        assertThat(replicas.accuracies()).containsExactly(parts.accuracies());
        assertThat(parts.weights()).isNotEqualTo(masked.layout().initialize(7));

        BertModel classifier = model(0, new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 2));
        assertThat(train("cpu,cpu,cpu", 1, classifier, classes(), classes()).weights())
                .containsExactly(
                        train("cpu", 3, classifier, classes(), classes()).weights());
    }

    @Test
    void morePartsThanReplicasAreSharedOutAndOnlyTheOrderOfAddingDiffers() {
        BertModel model = model(0, HeadConfig.maskedTokens());
        Trained parts = train("cpu", 6, model, masked(3));
        Trained replicas = train("cpu,cpu", 6, model, masked(3));
        assertThat(replicas.losses()).containsExactly(parts.losses());
        // Each replica adds its three parts before the two sums are added.
        assertThat(replicas.weights()).containsExactly(parts.weights(), within(1e-6f));
        assertThat(train("cpu,cpu", 6, model, masked(3)).weights())
                .as("in a fixed order")
                .containsExactly(replicas.weights());
    }

    @Test
    void aReplicaWithoutAPartIsLeftOut() {
        BertModel model = model(0, HeadConfig.maskedTokens());
        TrainingBatch all = masked(3);
        TrainingBatch oneRow = new TrainingBatch(all.rows(), new int[] {1, 2}, new int[] {9, 10}, 6);
        assertThat(train("cpu,cpu,cpu", 1, model, oneRow).weights())
                .containsExactly(train("cpu", 3, model, oneRow).weights());
    }

    @Test
    void aFailureOnOneReplicaIsThrownAndTheNextStepIsAsIfItHadNotBeen() {
        BertModel model = model(0, HeadConfig.maskedTokens());
        TrainingBatch bad = masked(4);
        bad.rows().tokenIds()[ROWS * WIDTH - 1] = 1_000; // in the second replica's part
        try (TorchSession session = TorchSession.open("cpu,cpu", 1);
                Trainer trainer =
                        new Trainer(session, model, config(1), model.layout().initialize(7))) {
            assertThatThrownBy(() -> trainer.train(bad, true)).hasMessageContaining("index");
            trainer.train(masked(3), true);
            assertThat(trainer.weights())
                    .containsExactly(train("cpu,cpu", 1, model, masked(3)).weights());
        }
    }

    @Test
    void noArrayOutlivesItsStep() {
        BertModel model = model(0, HeadConfig.maskedTokens());
        try (TorchSession session = TorchSession.open("cpu,cpu", 1);
                Trainer trainer =
                        new Trainer(session, model, config(4), model.layout().initialize(7))) {
            trainer.train(masked(3), true);
            long before = arrays(session);
            for (int step = 0; step < 4; step++) {
                trainer.train(masked(4), true);
            }
            assertThat(arrays(session)).isEqualTo(before).isPositive();
        }
    }

    private static long arrays(TorchSession session) {
        return session.manager().getManagedArrays().stream()
                .filter(NDArray.class::isInstance)
                .count();
    }

    @Test
    void dropoutOnSeveralCpuReplicasIsRefusedAndSoIsADeviceThatDoesNotExist() {
        assertThatThrownBy(() -> train("cpu,cpu", 1, model(0.1, HeadConfig.maskedTokens()), masked(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected dropout 0 with several replicas on the CPU")
                .hasMessageContaining("got 0.1");
        assertThatThrownBy(() -> TorchSession.open("cpu,gpu", 1))
                .hasMessage("Expected a device auto, cpu, gpu or gpus, got 'cpu,gpu'");
    }
}
