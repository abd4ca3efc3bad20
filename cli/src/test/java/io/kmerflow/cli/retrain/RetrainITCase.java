package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cluster.ChildJvm;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.corpus.store.Contents;
import io.kmerflow.corpus.store.CorpusFiles;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.schema.CorpusRead;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.file.DataFileWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retraining without Kafka: from a corpus to a bundle. Labels differ by their share of G and C, so that a tiny model learns them. */
class RetrainITCase {
    private static final List<Step> STEPS =
            List.of(Step.SPLIT, Step.START, Step.FINETUNE, Step.EXPORT, Step.EVALUATE, Step.GATE, Step.FORMS);

    @TempDir
    static Path folder;

    @BeforeAll
    static void aParentThatKnowsTwoLabelsAndACorpusWithThree() throws Exception {
        Path table = table("old.tsv", 1, "low", "high");
        Files.writeString(folder.resolve("parent.yaml"), """
                model: {k: 3, hidden: 16, layers: 1, heads: 2, feedForward: 32, maxPositions: 110}
                labels: [{name: low}, {name: high}]
                wide: true
                window: {bases: 100, minReadBases: 50}
                csv: {train: old.tsv, epochs: 6}
                training: {batchSize: 16, learningRate: 5.0e-3, warmUpSteps: 5, evaluateEvery: 10, checkpointEvery: 10}
                """);
        command("finetune", "--config", folder.resolve("parent.yaml"), "--out", folder.resolve("parent-run"));
        command(
                "export",
                "--checkpoint",
                folder.resolve("parent-run/model"),
                "--name",
                "tiny",
                "--out",
                folder.resolve("parent"));
        table("suite.tsv", 3, "low", "high");
        corpus(folder.resolve("corpus"));
        assertThat(table).exists();
    }

    private static void command(Object... arguments) throws Exception {
        CommandProcess.run(
                java.util.Arrays.stream(arguments).map(Object::toString).toList(),
                folder.resolve("commands.log"),
                line -> {});
    }

    private static final Map<String, Double> SHARES = Map.of("low", 0.25, "high", 0.75, "middle", 0.5);

    private static byte[] bases(String label, Random random) {
        byte[] bases = new byte[100];
        for (int i = 0; i < bases.length; i++) {
            boolean gc = random.nextDouble() < SHARES.get(label);
            bases[i] = (byte) (gc ? "GC" : "AT").charAt(random.nextInt(2));
        }
        return bases;
    }

    private static Path table(String name, long seed, String... labels) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("label\tsequence\n");
        for (int i = 0; i < 120; i++) {
            for (String label : labels) {
                text.append(label)
                        .append('\t')
                        .append(new String(bases(label, random), StandardCharsets.US_ASCII))
                        .append('\n');
            }
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private static void corpus(Path place) throws IOException {
        Random random = new Random(2);
        CorpusFolder corpus = CorpusFolder.create(place);
        int reads = 0;
        try (OutputStream out = Files.newOutputStream(place.resolve("reads.avro"));
                DataFileWriter<CorpusRead> writer = CorpusFiles.writer(out)) {
            for (int i = 0; i < 200; i++) {
                for (String label : List.of("low", "high", "middle")) {
                    writer.append(CorpusRead.newBuilder()
                            .setReadId(label + i)
                            .setRunId("run")
                            .setBases(ByteBuffer.wrap(bases(label, random)))
                            .setLabel(label)
                            .build());
                    reads++;
                }
            }
        }
        Contents contents = corpus.finished(reads);
        corpus.complete(new Manifest(
                Manifest.FORMAT,
                "test",
                new TreeMap<>(),
                new TreeMap<>(),
                Manifest.counts(),
                Manifest.counts(),
                new TreeMap<>(),
                contents.kept(),
                1,
                contents.models(),
                contents.digest(),
                null,
                null));
    }

    private static Path configuration(String name, String gate) throws IOException {
        return Files.writeString(folder.resolve(name), """
                parent: parent
                version: "2"
                corpus: corpus
                minReadsPerLabel: 20
                replay: [{data: old.tsv}]
                finetuning: {epochs: 6, training: {batchSize: 16, learningRate: 5.0e-3, warmUpSteps: 5, evaluateEvery: 10, checkpointEvery: 5}}
                evaluation: {suite: suite.tsv}
                export: {profileReads: 200}
                gate: {RULES maxLatencyRatio: 100, minReads: 20}
                threads: 1
                device: cpu
                """.replace("RULES", gate));
    }

    private static ChildJvm retrain(Path file, Path out) {
        List<String> jvm = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        jvm.removeIf(argument -> argument.startsWith("-javaagent") || argument.startsWith("-agentlib"));
        return ChildJvm.start(new ChildJvm.Command(
                "retrain",
                jvm,
                System.getProperty("java.class.path"),
                "io.kmerflow.cli.Kmerflow",
                List.of("retrain", "--config", file.toString(), "--out", out.toString(), "--resume"),
                Map.of(),
                folder.resolve("retrain.log")));
    }

    private static boolean runs(Path out, Step step) throws IOException {
        if (!Journal.exists(out)) {
            return false;
        }
        JsonNode entry = new ObjectMapper()
                .readTree(out.resolve(Journal.FILE).toFile())
                .path("steps")
                .path(step.key());
        return !entry.isMissingNode();
    }

    @Test
    void killedAtEveryStepItEndsWithTheSameDigest() throws Exception {
        Path file = configuration(
                "retrain.yaml", "minNewRecall: 0.6, maxOldLoss: 0.2, maxLabelLoss: 0.3, maxCalibrationError: 0.5,");
        try (ChildJvm whole = retrain(file, folder.resolve("whole"))) {
            assertThat(whole.await(600))
                    .as(Files.readString(folder.resolve("retrain.log")))
                    .isZero();
        }
        ModelBundle expected = ModelBundle.read(folder.resolve("whole/bundle"));
        assertThat(expected.contract().labels())
                .extracting(ModelContract.Label::name)
                .containsExactly("low", "high", "middle");
        assertThat(expected.profile()).as("of 121 held-out reads").isEmpty();
        assertThat(folder.resolve("whole/bundle/held-out-reads.txt")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("whole/report.html"))).contains("Gate", "holds", "middle");

        Path out = folder.resolve("killed");
        for (Step step : STEPS) {
            try (ChildJvm process = retrain(file, out)) {
                while (!runs(out, step) && process.alive()) {
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                }
                boolean training = step == Step.FINETUNE;
                while (training && !Files.exists(out.resolve("finetune/last/state.json")) && process.alive()) {
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                }
                process.kill();
            }
        }
        try (ChildJvm last = retrain(file, out)) {
            assertThat(last.await(600))
                    .as(Files.readString(folder.resolve("retrain.log")))
                    .isZero();
        }
        assertThat(ModelBundle.read(out.resolve("bundle")).digest()).isEqualTo(expected.digest());
        assertThat(ModelBundle.read(out.resolve("bundle/int8")).digest())
                .isEqualTo(ModelBundle.read(folder.resolve("whole/bundle/int8")).digest());
        assertThat(Files.readString(out.resolve("held-out-reads.txt")))
                .isEqualTo(Files.readString(folder.resolve("whole/held-out-reads.txt")));
        JsonNode journal = new ObjectMapper().readTree(out.resolve(Journal.FILE).toFile());
        assertThat(journal.path("steps").path("finetune").path("attempts").asInt())
                .isGreaterThan(1);
    }

    @Test
    void aGateThatRefusesNamesTheRuleAndEndsTheRun() throws Exception {
        Path file = configuration("refused.yaml", "minNewRecall: 1.01, maxOldLoss: 1,");
        Path out = folder.resolve("refused");
        RetrainRun run = new RetrainRun(
                io.kmerflow.pretraining.settings.SettingsTree.read(file, RetrainConfig.class),
                folder,
                out,
                line -> {},
                line -> {});
        assertThatThrownBy(() -> run.run(false))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("The gate refuses the model, the previous one stays active")
                .hasMessageContaining("minNewRecall of middle: expected 1.0100 or more, got");
        assertThat(Files.readString(out.resolve("report.html"))).contains("does not hold", "minNewRecall of middle");
        assertThatThrownBy(() -> run.run(true)).hasMessageContaining("The run is over: refused by gate");
        assertThatThrownBy(() -> run.run(false)).hasMessageContaining("Expected a folder without a run, or --resume");
        assertThat(out.resolve("bundle/int8")).doesNotExist();
        assertThat(String.format(Locale.ROOT, "%s", run.plan())).contains("gate       refused");
    }
}
