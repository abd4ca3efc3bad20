package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/tutorial-own-classifier.md, in order, on small genomes and from a small encoder. */
class TutorialITCase {
    private static final Pattern BLOCK = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("(train|test)\\.csv|run|bundle|reads\\.fastq|calls\\.jsonl");
    private static final int GENOMES = 16;

    @TempDir
    Path folder;

    @Test
    void everyCommandOfTheTutorialRunsAndTheReadsAreNamed() throws Exception {
        genomes();
        encoder();
        Matcher blocks = BLOCK.matcher(Files.readString(SourceTree.ROOT.resolve("docs/tutorial-own-classifier.md")));
        List<String> commands = new ArrayList<>();
        while (blocks.find()) {
            String block = blocks.group(1);
            if (block.startsWith("./kmerflow")) {
                for (String line : block.strip().split("\n")) {
                    CommandRun run = run(line);
                    assertThat(run.exitCode()).as("%s%n%s", line, run.err()).isZero();
                    commands.add(line.split(" ")[1]);
                    check(line, run);
                }
            } else {
                shell(block);
            }
        }
        assertThat(commands).containsExactly("finetune", "export", "evaluate", "annotate");
    }

    private void check(String line, CommandRun run) throws IOException {
        if (line.contains("finetune")) {
            assertThat(run.err()).contains("rows are kept for it").contains("calls reads of 100 bases or more");
            assertThat(run.out()).contains("DENV-1").contains("control");
            assertThat(folder.resolve("run/report.html"))
                    .content()
                    .contains("<svg")
                    .contains("Confusion matrix")
                    .contains("DENV-4");
            assertThat(folder.resolve("run/predictions.tsv"))
                    .content()
                    .contains("\ntest\t")
                    .contains("\ndev\t");
        }
        if (line.contains("evaluate")) {
            assertThat(run.out()).contains("accuracy").contains("DENV-4");
        }
        if (line.contains("annotate")) {
            assertThat(Files.readAllLines(folder.resolve("calls.jsonl"))).hasSize(8);
        }
    }

    private CommandRun run(String line) {
        List<Object> words = new ArrayList<>();
        for (String word : line.strip().substring("./kmerflow ".length()).split(" +")) {
            words.add(FILE.matcher(word).matches() ? folder.resolve(word) : word);
        }
        if (words.get(0).equals("finetune")) {
            words.addAll(
                    List.of("--checkpoint", folder.resolve("encoder"), "--device", "cpu", "--learning-rate", 0.003));
        }
        return CommandRun.of(words.toArray());
    }

    private void shell(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-eu", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        assertThat(Files.readAllLines(folder.resolve("test.csv"))).hasSize(1 + 4 * GENOMES / 8 * 3);
        assertThat(Files.readAllLines(folder.resolve("train.csv"))).hasSize(1 + 4 * (GENOMES - GENOMES / 8) * 3);
    }

    /** Serotypes differ in which base is frequent; a read of each genome's start. */
    private void genomes() throws IOException {
        Random random = new Random(1);
        StringBuilder reads = new StringBuilder();
        for (int serotype = 0; serotype < 4; serotype++) {
            StringBuilder fasta = new StringBuilder();
            for (int genome = 0; genome < GENOMES; genome++) {
                fasta.append(">g").append(serotype).append('_').append(genome).append(" strain\n");
                StringBuilder bases = new StringBuilder();
                for (int i = 0; i < 950; i++) {
                    bases.append("ACGT".charAt(random.nextInt(2) == 0 ? serotype : random.nextInt(4)));
                }
                for (int from = 0; from < 950; from += 70) {
                    fasta.append(bases, from, Math.min(950, from + 70)).append('\n');
                }
                if (genome < 2) {
                    reads.append(String.format(
                            Locale.ROOT,
                            "@r%d_%d%n%s%n+%n%s%n",
                            serotype,
                            genome,
                            bases.substring(0, 150),
                            "I".repeat(150)));
                }
            }
            Files.writeString(folder.resolve("denv" + (serotype + 1) + ".fa"), fasta);
        }
        Files.writeString(folder.resolve("reads.fastq"), reads);
    }

    private void encoder() {
        EncoderConfig sizes = new EncoderConfig(3, 16, 1, 2, 32, 320, 2, 0.0, 1e-12);
        ParameterLayout layout = new ParameterLayout(sizes, HeadConfig.maskedTokens());
        new TrainingCheckpoint(
                        sizes,
                        HeadConfig.maskedTokens(),
                        layout.tensors(layout.initialize(1)),
                        null,
                        Map.of(),
                        null,
                        List.of(),
                        Map.of())
                .write(folder.resolve("encoder"));
    }
}
