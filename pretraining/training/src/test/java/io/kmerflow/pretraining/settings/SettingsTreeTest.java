package io.kmerflow.pretraining.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTreeTest {
    private static final String SMALL = """
            model: {k: 4, hidden: 32, layers: 1, heads: 2, feedForward: 64}
            genomes: [{name: one, fasta: a:b/one.fa}, {name: two, fasta: two.fa, weight: 2}]
            """;

    @TempDir
    Path folder;

    @Test
    void defaultsAreFilledInAtEveryDepth() {
        PretrainConfig config = SettingsTree.of(SMALL + "training: {steps: 7}\n", PretrainConfig.class);
        assertThat(config.training().steps()).isEqualTo(7);
        assertThat(config.training().batchSize()).isEqualTo(64);
        assertThat(config.training().weightAverage()).isEmpty();
        assertThat(config.model().maxPositions()).isEqualTo(512);
        assertThat(config.genomes())
                .extracting(PretrainConfig.GenomeSource::weight)
                .containsExactly(1.0, 2.0);
        assertThat(config.genomes().get(0).fasta()).isEqualTo(Path.of("a:b/one.fa"));
        assertThat(config.heldOut().blockBases()).isEqualTo(112_000);
        assertThat(config.corpus().pieceBases()).as("from the positions").isEqualTo(513);
    }

    @Test
    void keyWithoutValueCountsAsNotGiven() {
        assertThat(SettingsTree.of("{steps: , seed: 3}", TrainingConfig.class))
                .isEqualTo(SettingsTree.of("seed: 3", TrainingConfig.class));
        assertThat(SettingsTree.of("", TrainingConfig.class)).isEqualTo(SettingsTree.of("{}", TrainingConfig.class));
    }

    @Test
    void changesGoBeforeTheFileAndNullChangesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("run.yaml"), SMALL + "training: {steps: 7, seed: 3}\n");
        Map<String, Object> changes = new HashMap<>();
        changes.put("training.steps", 9L);
        changes.put("training.seed", null);
        changes.put("evaluation.span", 6);
        PretrainConfig config = SettingsTree.read(file, changes, PretrainConfig.class);
        assertThat(config.training().steps()).isEqualTo(9);
        assertThat(config.training().seed()).isEqualTo(3);
        assertThat(config.evaluation().span()).isEqualTo(6);
        assertThat(config.evaluation().pieces()).isEqualTo(512);
    }

    @Test
    void settingsSurviveTheirTree() {
        FinetuneConfig config = SettingsTree.of("""
                checkpoint: a
                labels: [{name: x, genomes: [one.fa, {fasta: two.fa, weight: 0.5}]}, {name: y, genomes: [three.fa]}]
                window: {meanRunBases: 12.5}
                training: {weightAverage: 0.5}
                """, FinetuneConfig.class);
        assertThat(config.labels().get(0).genomes())
                .containsExactly(
                        new FinetuneConfig.GenomeFile("one.fa"),
                        new FinetuneConfig.GenomeFile(Path.of("two.fa"), OptionalDouble.of(0.5)));
        assertThat(SettingsTree.with(config, Map.of())).isEqualTo(config);
        assertThat(SettingsTree.with(config, Map.of("training.steps", 5))
                        .training()
                        .steps())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "training: {step: 7};steps, warmUpSteps, weightAverage, weightDecay], got 'step', at 'training.step'",
                "training: {steps: many};Expected a whole number, got 'many', at 'training.steps'",
                "training: {learningRate: fast};Expected a number, got 'fast', at 'training.learningRate'",
                "training: [1];Expected keys with values, got a list, at 'training'",
                "training: {steps: {}};Expected a whole number, got keys with values, at 'training.steps'",
                "training: {batchSize: 0};Expected accumulate of 1 to batchSize = 0, got 1, at 'training'",
                "training: 5;Expected keys with values, got a single value, at 'training'",
                "model: {k: 4};Expected a value for 'model.hidden', got none",
                "genomes: [{name: one}];Expected a genome with name and fasta",
                "training: {steps: 1, steps: 2};Expected each key once, got another 'steps'",
                "[1, 2];Expected keys with values",
                "'a: b: c';Expected YAML",
                "'a: [';expected the node content, but found"
            })
    void whatDoesNotFitIsRejectedWithPlaceAndFile(String yaml, String message) throws IOException {
        String all = yaml.startsWith("training") ? SMALL + yaml : yaml;
        Path file = Files.writeString(folder.resolve("run.yaml"), all);
        assertThatThrownBy(() -> SettingsTree.read(file, PretrainConfig.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith(" in " + file);
    }

    @Test
    void referenceHasEveryKeyWithItsDefault() {
        assertThat(SettingsReference.of(FinetuneConfig.class))
                .contains("| `steps` | `1000` | Optimizer updates. |")
                .contains("\n`labels[].genomes[]`:\n")
                .contains("\n`annotated.genomes[]`:\n")
                .doesNotContain("null");
        assertThat(List.of(SettingsReference.of(PretrainConfig.class).split("\n")))
                .contains("| `blockBases` | `112000` | Length of a block, in bases. |");
    }
}
