package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code finetune --data} and {@code evaluate gue} say about labelled sets and encoders that do not fit. */
class LabelledSetErrorsITCase {
    private static final String GOOD = "sequence,label\nACGTACGTACGTACGT,0\nACGGACGTACGTACGA,1\n";
    private static final String WORDS = "bert.embeddings.word_embeddings.weight";

    @TempDir
    Path folder;

    private Path set;

    @BeforeEach
    void writeSetAndEncoder() throws IOException {
        set = Files.createDirectories(folder.resolve("data/tf/2"));
        for (String split : List.of("train.csv", "dev.csv", "test.csv")) {
            Files.writeString(set.resolve(split), GOOD);
        }
        encoder("encoder", 0);
    }

    /** Writes a tiny encoder with surplus rows of word embeddings. */
    private void encoder(String name, int moreWords) {
        EncoderConfig sizes = new EncoderConfig(3, 8, 1, 2, 16, 32, 2, 0.0, 1e-12);
        ParameterLayout layout = new ParameterLayout(sizes, HeadConfig.maskedTokens());
        Map<String, Tensor> weights = new LinkedHashMap<>(layout.tensors(layout.initialize(1)));
        int words = (int) weights.get(WORDS).shape()[0] + moreWords;
        weights.put(WORDS, new Tensor(new float[8 * words], new long[] {words, 8}));
        new TrainingCheckpoint(sizes, HeadConfig.maskedTokens(), weights, null, Map.of(), null, List.of(), Map.of())
                .write(folder.resolve(name));
    }

    private CommandRun finetune(String encoder, Object... more) {
        Object[] args = {
            "finetune",
            "--data",
            set.resolve("train.csv"),
            "--dev",
            set.resolve("dev.csv"),
            "--test",
            set.resolve("test.csv"),
            "--checkpoint",
            folder.resolve(encoder),
            "--out",
            folder.resolve("run"),
            "--device",
            "cpu"
        };
        Object[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return CommandRun.of(all);
    }

    private CommandRun gue(String encoder, Object... more) {
        Object[] args = {
            "evaluate",
            "gue",
            "--data",
            folder.resolve("data"),
            "--encoder",
            folder.resolve(encoder),
            "--out",
            folder.resolve("out/results.json"),
            "--device",
            "cpu"
        };
        Object[] all = new Object[args.length + more.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return CommandRun.of(all);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            train.csv | sequence,label;ACGT,0;ACGA,1;ACGG,5            | labels 0 to 2, as there are 3 different ones, in line 4 of | got '5'
            train.csv | sequence,label;ACGT,0;ACGA,-1                  | labels 0 to 1, as there are 2 different ones, in line 3 of | got '-1'
            dev.csv   | sequence,label;ACGT,0;ACGA,2                   | Expected a label 0 to 1 in line 3 of                       | got '2'
            test.csv  | sequence,label;ACGT,one                        | Expected a label 0 to 1 in line 2 of                       | got 'one'
            train.csv | sequence,label                                 | at least one labelled sequence after line 1 of             | got none
            test.csv  | sequence,label                                 | at least one labelled sequence after line 1 of             | got none
            dev.csv   | ""                                             | Expected the header sequence,label in line 1 of            | got an empty file
            dev.csv   | sequence,label;ACGT,0;ACGT                     | Expected 2 columns in line 3 of                            | got 1
            dev.csv   | sequence,label;ACGT,0,7                        | Expected 2 columns in line 2 of                            | got 3
            test.csv  | sequence,label;ACGT,0;ACXT,1                   | Expected a nucleotide code at base 2, got 'X', in line 3 of | got 'X'
            test.csv  | sequence,label;ACGT,0;,1                       | Expected bases in line 3 of                                | got none
            train.csv | sequence,label;ACGT,0;ACGA,0                   | at least 2 different labels in lines 2 to 3 of             | got 0 alone
            """)
    void aSplitThatDoesNotFitIsOneSentenceWithFileAndLine(String file, String text, String expected, String got)
            throws IOException {
        Files.writeString(set.resolve(file), text.replace(';', '\n'));
        for (CommandRun run : List.of(finetune("encoder"), gue("encoder"))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err())
                    .contains(expected)
                    .contains(set.resolve(file).toString())
                    .contains(got)
                    .hasLineCount(1);
        }
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void aCheckpointOfAnotherVocabularyIsRefused() {
        encoder("other", 1);
        for (CommandRun run : List.of(finetune("other"), gue("other"))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err())
                    .contains("Expected a vocabulary of 69 tokens (5 specials and all 3-mers) in")
                    .contains(folder.resolve("other").toString())
                    .contains("got 70")
                    .hasLineCount(1);
        }
        for (CommandRun run : List.of(finetune("none"), gue("none"))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err())
                    .contains("Expected a training checkpoint")
                    .contains("none")
                    .hasLineCount(1);
        }
    }

    @Test
    void setsThatAreNotThereAndOptionsThatCannotBeAreSaid() {
        CommandRun unknown = gue("encoder", "--sets", "tf/2,tf/9");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("got 'tf/9'").contains("mouse/0").hasLineCount(1);
        CommandRun absent = gue("encoder", "--sets", "tf/2,mouse/0");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(absent.err())
                .contains("Expected the set mouse/0 in")
                .contains("there are tf/2")
                .hasLineCount(1);
        assertThat(gue("encoder", "--seeds", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(gue("encoder", "--max-steps", "-1").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(gue("encoder", "--learning-rate", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        CommandRun nothing = CommandRun.of("evaluate", "gue", "--data", folder, "--out", folder.resolve("x.json"));
        assertThat(nothing.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void aRecipeIsTakenAndOneThatDoesNotFitIsAWrongUsage() throws IOException {
        Path recipes = Files.createDirectories(folder.resolve("recipes"));
        Path recipe = Files.writeString(recipes.resolve("tf.yaml"), "{strands: both, epoch: 2}");
        for (CommandRun run : List.of(
                finetune("encoder", "--recipe", recipe), gue("encoder", "--seeds", "1", "--recipes", recipes))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("epoch").contains(recipe.toString()).hasLineCount(1);
        }
        Files.writeString(recipe, "{strands: both, epochs: 2, weightAverage: 0.9}");
        CommandRun run = finetune("encoder", "--recipe", recipe, "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("\"epochs\":2")
                .contains("\"strands\":\"both\"")
                .contains("\"weightAverage\":0.9");
        CommandRun benchmark = gue("encoder", "--seeds", "1", "--recipes", recipes);
        assertThat(benchmark.exitCode()).as(benchmark.err()).isZero();
        assertThat(benchmark.out()).contains("by recipe").contains("tf/2 tf.yaml");
        assertThat(folder.resolve("out/results.json")).content().contains("\"weightAverage\" : 0.9");
    }

    @Test
    void theBenchmarkRunsAndSaysSoAndASecondRunIsTheSame() throws IOException {
        Object[] few = {"--seeds", "1", "--max-steps", "2", "--report", folder.resolve("report.md")};
        CommandRun run = gue("encoder", few);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("tf/2").contains("DNABERT-2").contains("fewer steps than published");
        assertThat(run.err()).contains("[3/3] tf/2: random-init, seed 1, 2 steps");
        assertThat(folder.resolve("report.md")).content().startsWith("# GUE");
        String results = Files.readString(folder.resolve("out/results.json"));
        CommandRun again = gue("encoder", few);
        assertThat(again.out()).isEqualTo(run.out());
        assertThat(again.err()).doesNotContain("step 2/2").contains("done before");
        assertThat(folder.resolve("out/results.json")).content().isEqualTo(results);
    }

    @Test
    void positionsOfTestSequencesKeepPretrainingAwayFromThem() throws IOException {
        String genome = "ACGTTGCATGCCATTAGGCATTACGGATCCATTGACCAGTTACGGATACCATTGAGCAT";
        StringBuilder bases = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 6_000; i++) {
            bases.append("ACGT".charAt(random.nextInt(4)));
        }
        bases.insert(2_500, genome);
        Files.writeString(folder.resolve("g.fa"), ">chr\n" + bases + "\n");
        Files.writeString(set.resolve("test.csv"), "sequence,label\n" + genome + ",1\n" + "ACGT".repeat(10) + ",0\n");
        CommandRun run = CommandRun.of(
                "evaluate",
                "gue-positions",
                "--data",
                folder.resolve("data"),
                "--genome",
                folder.resolve("g.fa"),
                "--out",
                folder.resolve("out.bed"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("tf/2: 1 of 2 test sequences found, 1 places");
        assertThat(folder.resolve("out.bed"))
                .content()
                .isEqualTo(
                        String.format(Locale.ROOT, "chr\t2500\t%d\ttf/2:test:0\t1000\t+\n", 2_500 + genome.length()));
        Files.writeString(folder.resolve("pretrain.yaml"), """
                model: {k: 3, hidden: 16, layers: 1, heads: 2, feedForward: 32, maxPositions: 64}
                genomes: [{name: g, fasta: g.fa}]
                heldOut: {share: 0.2, blockBases: 1000, guardBases: 50}
                leaveOut: [out.bed]
                corpus: {pieceBases: 60}
                evaluation: {pieces: 16}
                training: {steps: 2, batchSize: 8}
                """);
        CommandRun pretrain = CommandRun.of(
                "pretrain",
                "--config",
                folder.resolve("pretrain.yaml"),
                "--out",
                folder.resolve("pre"),
                "--device",
                "cpu");
        assertThat(pretrain.exitCode()).as(pretrain.err()).isZero();
        assertThat(pretrain.err())
                .contains(String.format(Locale.ROOT, "1 regions, %d bases, left out of training", genome.length()));
        assertThat(folder.resolve("pre/last/provenance.json")).content().contains("out.bed");
        assertThat(CommandRun.of(
                                "evaluate",
                                "gue-positions",
                                "--data",
                                folder.resolve("data"),
                                "--genome",
                                folder.resolve("g.fa"),
                                "--kmer",
                                "5",
                                "--out",
                                folder.resolve("out.bed"))
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
