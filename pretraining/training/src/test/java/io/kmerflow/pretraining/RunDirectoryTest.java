package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final BertModel MODEL = new BertModel(
            new ParameterLayout(new EncoderConfig(3, 16, 1, 2, 32, 16, 2, 0, 1e-12), HeadConfig.maskedTokens()));
    private static final String LAST = "bert.encoder.layer.0.output.LayerNorm.bias";

    @TempDir
    private Path folder;

    private static TrainingConfig config(Double average) {
        TrainingConfig config = SettingsTree.of(
                "{steps: 5, batchSize: 1, learningRate: 1e-2, warmUpSteps: 0, epsilon: 1e-3}", TrainingConfig.class);
        return average == null ? config : SettingsTree.with(config, Map.of("weightAverage", average));
    }

    private static Trainer trainer(TorchSession session, Double average) {
        return new Trainer(session, MODEL, config(average), MODEL.layout().initialize(7));
    }

    private static TrainingBatch batch() {
        return new TrainingBatch(
                new TokenRows(new int[] {2, 9, 10, 11}, new int[] {4}, 4), new int[] {1, 2}, new int[] {9, 10}, 6);
    }

    private static TrainingCheckpoint with(
            TrainingCheckpoint from, Map<String, Tensor> weights, Map<String, Tensor> optimizer) {
        return new TrainingCheckpoint(
                from.config(), from.head(), weights, from.state(), optimizer, null, List.of(), from.provenance());
    }

    private static Map<String, Tensor> without(Map<String, Tensor> tensors, String name) {
        Map<String, Tensor> fewer = new LinkedHashMap<>(tensors);
        assertThat(fewer.remove(name)).as(name).isNotNull();
        return fewer;
    }

    private void assertRefused(
            Trainer trainer, RunDirectory directory, UnaryOperator<TrainingCheckpoint> change, String message) {
        TrainingCheckpoint changed = change.apply(TrainingCheckpoint.read(directory.last()));
        float[][] before = trainer.optimizerState();
        assertThatThrownBy(() -> directory.restore(trainer, changed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message + " in " + directory.last());
        assertThat(trainer.optimizerState()).isDeepEqualTo(before);
    }

    @Test
    void aCheckpointThatLacksATensorIsNotGoneOnFrom() {
        RunDirectory directory = new RunDirectory(folder.resolve("run"), false, Map.of());
        try (TorchSession session = TorchSession.open("cpu", 1);
                Trainer trainer = trainer(session, 0.9)) {
            trainer.train(batch(), false);
            directory.writeLast(trainer);
            assertThat(directory.restore(trainer, TrainingCheckpoint.read(directory.last())))
                    .isTrue();
            assertThat(trainer.step()).isEqualTo(1);

            Map<String, String> kinds = Map.of(
                    "mean.",
                    "optimizer means",
                    "meanSquare.",
                    "optimizer mean squares",
                    "average.",
                    "averaged weights");
            kinds.forEach((prefix, what) -> assertRefused(
                    trainer,
                    directory,
                    whole -> with(whole, whole.weights(), without(whole.optimizer(), prefix + LAST)),
                    String.format(
                            Locale.ROOT,
                            "Expected a checkpoint with all %s to resume from, got none for [%s]",
                            what,
                            LAST)));
            assertRefused(
                    trainer,
                    directory,
                    whole -> with(whole, without(whole.weights(), LAST), whole.optimizer()),
                    String.format(
                            Locale.ROOT,
                            "Expected a checkpoint with all weights to resume from, got none for [%s]",
                            LAST));
        }
    }

    @Test
    void aCheckpointWithoutAnAverageServesWhereNoneIsKept() {
        RunDirectory directory = new RunDirectory(folder.resolve("run"), false, Map.of());
        try (TorchSession session = TorchSession.open("cpu", 1);
                Trainer trainer = trainer(session, null)) {
            trainer.train(batch(), false);
            directory.writeLast(trainer);
            float[][] state = trainer.optimizerState();
            trainer.train(batch(), false);
            assertThat(trainer.optimizerState()[0]).isNotEqualTo(state[0]);
            directory.restore(trainer, TrainingCheckpoint.read(directory.last()));
            assertThat(trainer.optimizerState()).isDeepEqualTo(state);
            assertThat(trainer.step()).isEqualTo(1);
        }
    }
}
