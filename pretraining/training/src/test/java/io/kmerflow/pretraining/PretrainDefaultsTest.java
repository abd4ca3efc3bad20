package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainDefaultsTest {
    @TempDir
    Path folder;

    private Path genome(String name, int contigs, int bases) throws IOException {
        Xoshiro256 random = Xoshiro256.of(contigs);
        StringBuilder text = new StringBuilder();
        for (int contig = 0; contig < contigs; contig++) {
            text.append(">c").append(contig).append('\n');
            for (int i = 0; i < bases; i++) {
                text.append((char) Nucleotide.base(random.nextInt(4)));
            }
            text.append('\n');
        }
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void theMiddleFifthOfShortContigsIsHeldOutAndTheRunWorks() throws IOException {
        Path file = genome("viruses.fa", 12, 500);
        PretrainDefaults defaults = PretrainDefaults.of(List.of(file));
        assertThat(defaults.heldOut()).contains("20 % of the positions").contains("contigs of 500 or more");
        InMemoryGenome genome = InMemoryGenome.read("viruses", file);
        HeldOut heldOut =
                HeldOut.plan(List.of(genome), defaults.config().heldOut().plan());
        assertThat(heldOut.parts()).hasSize(12);
        assertThat(heldOut.parts()).allSatisfy(part -> {
            assertThat(part.range().start()).isEqualTo(200);
            assertThat(part.range().end()).isEqualTo(300);
        });
        Pretraining.Result result = new Pretraining(
                        SettingsTree.with(
                                defaults.config(),
                                Map.of("training.steps", 1, "training.batchSize", 2, "training.warmUpSteps", 0)),
                        TestData.options(
                                folder, folder.resolve("run"), false, new TestData.Recorder(), TestData.after(99)))
                .run();
        assertThat(result.finished()).isTrue();
        assertThat(result.bestLoss()).isBetween(5.0, 12.0);
        assertThat(Files.readAllLines(folder.resolve("run/metrics.csv"))).hasSize(2);
    }

    @Test
    void longContigsHaveTheUsualBlocksAndFilesOfOneNameAreToldApart() throws IOException {
        Path file = genome("a.fa", 1, 700_000);
        Path other = Files.createDirectories(folder.resolve("more")).resolve("a.fa.txt");
        Files.copy(file, other);
        PretrainDefaults defaults = PretrainDefaults.of(List.of(file, other));
        assertThat(defaults.config().heldOut().blockBases()).isEqualTo(HeldOut.Plan.DEFAULT.blockBases());
        assertThat(defaults.heldOut()).doesNotContain("short");
        assertThat(defaults.config().genomes())
                .extracting(PretrainConfig.GenomeSource::name)
                .containsExactly("a", "a-2");
    }
}
