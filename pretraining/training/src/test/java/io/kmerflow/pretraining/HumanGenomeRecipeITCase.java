package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe's first steps on a stand-in genome: its own masking, corpus and optimizer; a smaller batch and 1 of 12 layers. */
class HumanGenomeRecipeITCase {
    @TempDir
    Path folder;

    @Test
    void itsFirstStepsRun() throws IOException {
        PretrainConfig recipe = SettingsTree.read(Path.of("../../recipes/human-genome.yaml"), PretrainConfig.class);
        assertThat(recipe.model()).isEqualTo(EncoderConfig.base(6));
        assertThat(recipe.masking()).isEqualTo(SettingsTree.of("", MaskingConfig.class));
        Files.createDirectories(folder.resolve("genomes"));
        TestData.genome(
                folder.resolve("genomes/GRCh38.fa.gz"), 400_000, 0.4, "TATAAT", 3); // plain text is told by its bytes
        PretrainConfig small = SettingsTree.with(
                recipe,
                Map.of(
                        "model.layers", 1, // all 12 and AdamW's state need over 2 GB
                        "heldOut", Map.of("share", 0.3, "blockBases", 112_000, "guardBases", 5_000),
                        "training.batchSize", 4,
                        "training.logEvery", 1,
                        "training.evaluateEvery", 1_000,
                        "training.checkpointEvery", 1_000,
                        "training.accumulate", 2));
        TestData.Recorder recorder = new TestData.Recorder();
        Pretraining.Result result = new Pretraining(
                        small, TestData.options(folder, folder.resolve("out"), false, recorder, TestData.after(2)))
                .run();
        assertThat(result.step()).isEqualTo(2);
        assertThat(recorder.losses.get(0)).isCloseTo(Math.log(4101), within(0.5));
        assertThat(TrainingCheckpoint.read(result.model()).state().step()).isEqualTo(2);
    }
}
