package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe's first steps on a stand-in genome: its own masking, corpus and optimizer; a smaller batch and 1 of 12 layers. */
class HumanGenomeRecipeTest {
    @TempDir
    Path folder;

    @Test
    void itsFirstStepsRun() throws IOException {
        PretrainConfig recipe = ConfigFile.read(Path.of("../../recipes/human-genome.yaml"), PretrainConfig.class);
        assertThat(recipe.model()).isEqualTo(EncoderConfig.base(6));
        assertThat(recipe.masking()).isEqualTo(MaskingConfig.defaults());
        Files.createDirectories(folder.resolve("genomes"));
        TestData.genome(
                folder.resolve("genomes/GRCh38.fa.gz"), 400_000, 0.4, "TATAAT", 3); // plain text is told by its bytes
        TrainingConfig of = recipe.training();
        TrainingConfig fewer = new TrainingConfig(
                of.steps(),
                4,
                of.learningRate(),
                of.warmUpSteps(),
                of.beta1(),
                of.beta2(),
                of.epsilon(),
                of.weightDecay(),
                of.clipNorm(),
                of.seed(),
                of.bucketBatches(),
                1,
                1_000,
                1_000,
                2,
                null);
        PretrainConfig small = new PretrainConfig(
                new EncoderConfig(6, 768, 1, 12, 3072, 512, 2, 0.1, 1e-12), // all 12 and AdamW's state need over 2 GB
                recipe.genomes(),
                new HeldOutConfig(0.3, 112_000, 5_000, null),
                recipe.corpus(),
                recipe.masking(),
                fewer,
                recipe.evaluation());
        TestData.Recorder recorder = new TestData.Recorder();
        Pretraining.Result result = new Pretraining(
                        small, TestData.options(folder, folder.resolve("out"), false, recorder, TestData.after(2)))
                .run();
        assertThat(result.step()).isEqualTo(2);
        assertThat(recorder.losses.get(0)).isCloseTo(Math.log(4101), within(0.5));
        assertThat(TrainingCheckpoint.read(result.model()).state().step()).isEqualTo(2);
    }
}
