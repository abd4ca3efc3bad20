package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.serving.LocalFlink;
import io.kmerflow.cluster.ChildJvm;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.corpus.store.Contents;
import io.kmerflow.corpus.store.CorpusFiles;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.schema.ModelSlot;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.file.DataFileWriter;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Retraining, in processes that are killed. Labels differ by their share of G and C, so that a tiny model learns them. The ordinary build
 * kills it inside some of the steps, {@code -Dretrain.kill=all} inside each.
 */
class RetrainITCase {
    private static final List<Step> KILLED = "all".equals(System.getProperty("retrain.kill"))
            ? List.of(Step.values())
            : List.of(Step.PRETRAIN, Step.SHADOW, Step.ACTIVATE);

    /** Reads of each label. */
    private static final int LABELLED = 200;

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
                Arrays.stream(arguments).map(Object::toString).toList(), folder.resolve("commands.log"), line -> {});
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
            for (int i = 0; i < LABELLED; i++) {
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
                null,
                null));
    }

    private static Path configuration(String name, String reads, String gate) throws IOException {
        return Files.writeString(
                folder.resolve(name), """
                parent: parent
                version: "2"
                READS
                minReadsPerLabel: 20
                replay: [{data: old.tsv}]
                finetuning: {epochs: 6, training: {batchSize: 16, learningRate: 5.0e-3, warmUpSteps: 5, evaluateEvery: 10, checkpointEvery: 5}}
                evaluation: {suite: suite.tsv}
                export: {profileReads: 200}
                gate: {RULES maxLatencyRatio: 100, minReads: 20}
                threads: 1
                device: cpu
                """.replace("READS", reads.strip()).replace("RULES", gate));
    }

    /** All steps: from the topics, with pretraining, to a job that serves. */
    private static Path liveConfiguration(String servers) throws IOException {
        return configuration(
                "retrain.yaml",
                """
                kafka: {bootstrapServers: "SERVERS", store: "STORE"}
                snapshot: {labelled: true, to: LAST}
                pretraining: {training: {steps: 16, batchSize: 8, learningRate: 1.0e-3, warmUpSteps: 2, evaluateEvery: 8, checkpointEvery: 4}}
                shadow: {share: 1.0, reads: 40, minAgreement: 0.3, waitSeconds: 300}
                guard: {reads: 40, waitSeconds: 300, maxUncalledIncrease: 1, maxLabelDecrease: 1, maxLatencyRatio: 1000}
                """.replace("SERVERS", servers)
                        .replace("STORE", folder.resolve("store").toUri().toString())
                        .replace("LAST", "\"0:" + LABELLED * SHARES.size() + "\""),
                """
                minNewRecall: 0.6, maxOldLoss: 0.2, maxLabelLoss: 0.3, maxCalibrationError: 0.5,""");
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

    private static void toTheEnd(Path file, Path out) throws Exception {
        try (ChildJvm process = retrain(file, out)) {
            assertThat(process.await(600))
                    .as(() -> log(folder.resolve("retrain.log")))
                    .isZero();
        }
    }

    private static String log(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static JsonNode steps(Path out) throws IOException {
        return new ObjectMapper().readTree(out.resolve(Journal.FILE).toFile()).path("steps");
    }

    private static boolean begun(Path out, Step step) throws IOException {
        return Journal.exists(out) && steps(out).has(step.key());
    }

    /** Whether a step that has begun is in the middle of its work. */
    private static boolean isInside(Step step, Path out, int announced, KafkaModelTopics topics) {
        return switch (step) {
            case SNAPSHOT -> Files.exists(out.resolve("corpus"));
            case PRETRAIN -> Files.exists(out.resolve("pretrain/last/state.json"));
            case FINETUNE -> Files.exists(out.resolve("finetune/last/state.json"));
            case EXPORT, FORMS -> Files.exists(out.resolve("logs/" + step.key() + ".log"));
            case SHADOW, ACTIVATE -> announcements(topics, step) > announced;
            default -> true;
        };
    }

    private static int announcements(KafkaModelTopics topics, Step step) {
        ModelSlot slot = step == Step.SHADOW ? ModelSlot.SHADOW : ModelSlot.ACTIVE;
        return (int) topics.history().announcements().stream()
                .filter(announcement -> announcement.getSlot() == slot)
                .count();
    }

    /** Starts a run, or continues it, and kills it in the middle of a step. */
    private static void killInside(Step step, Path file, Path out, KafkaModelTopics topics) throws Exception {
        int announced = announcements(topics, step);
        try (ChildJvm process = retrain(file, out)) {
            while (process.alive() && !(begun(out, step) && isInside(step, out, announced, topics))) {
                LockSupport.parkNanos(5_000_000);
            }
            process.kill();
        }
    }

    /** A sequencer whose reads have no labels. */
    private static final class Feeder implements AutoCloseable {
        private final Thread thread;
        private volatile boolean closed;

        Feeder(DemoStream stream) {
            thread = new Thread(() -> {
                Random random = new Random(7);
                while (!closed) {
                    for (String label : List.of("low", "high")) {
                        stream.send(new DemoData.Row(label, bases(label, random)));
                    }
                    LockSupport.parkNanos(50_000_000);
                }
            });
            thread.start();
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void labelledReads(DemoStream stream) {
        Random random = new Random(2);
        for (int i = 0; i < LABELLED; i++) {
            for (String label : List.of("low", "high", "middle")) {
                stream.label(stream.send(new DemoData.Row(label, bases(label, random))), label, "curator");
            }
        }
        stream.awaitAnnotated(Duration.ofMinutes(5));
    }

    @Test
    void endsWithTheSameDigestThoughItWasKilled() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = kafka.bootstrapServers();
            JobConfig job = JobConfig.from(LoopDemoCommand.options(servers, folder.resolve("parent")));
            new DeliveryPreflight(job.requireKafka(), Duration.ZERO).checkLabelsTopic("labels", true);
            StreamExecutionEnvironment flink = LocalFlink.environment(1);
            ReadScoringJob.build(flink, job, job.requireModel());
            JobClient client = flink.executeAsync("retrained");
            try (DemoStream stream = new DemoStream(servers)) {
                labelledReads(stream);
                try (Feeder feeder = new Feeder(stream)) {
                    assertThat(feeder.thread.isAlive()).isTrue();
                    wholeAndKilled(servers, job.modelChange().topics());
                }
                stream.awaitAnnotated(Duration.ofMinutes(5));
                assertThat(stream.annotated()).isEqualTo(stream.sent());
                assertThat(stream.duplicates()).isZero();
                assertThat(stream.models())
                        .containsOnlyKeys(
                                ModelBundle.read(folder.resolve("parent")).digest(),
                                ModelBundle.read(folder.resolve("whole/bundle")).digest());
            } finally {
                client.cancel().get();
            }
        }
    }

    private static void wholeAndKilled(String servers, KafkaModelTopics topics) throws Exception {
        Path file = liveConfiguration(servers);
        Path whole = folder.resolve("whole");
        toTheEnd(file, whole);
        ModelBundle expected = ModelBundle.read(whole.resolve("bundle"));
        assertThat(expected.contract().labels())
                .extracting(ModelContract.Label::name)
                .containsExactly("low", "high", "middle");
        assertThat(expected.profile()).as("of 121 held-out reads").isEmpty();
        assertThat(whole.resolve("bundle/held-out-reads.txt")).isNotEmptyFile();
        assertThat(Files.readString(whole.resolve("report.html"))).contains("Gate", "holds", "middle");
        assertThat(steps(whole).at("/pretrain/result/steps").asInt()).isEqualTo(16);
        Map<String, Tensor> before =
                TrainingCheckpoint.read(whole.resolve("parent")).weights();
        Map<String, Tensor> start =
                TrainingCheckpoint.read(whole.resolve("start")).weights();
        assertThat(before.keySet())
                .as("encoder weights after pretraining on new and replayed reads")
                .filteredOn(name -> name.startsWith("bert.encoder"))
                .anyMatch(name ->
                        !Arrays.equals(before.get(name).data(), start.get(name).data()));

        CommandRun back = CommandRun.of("models", "rollback", "--bootstrap-servers", servers);
        assertThat(back.exitCode()).as(back.err()).isEqualTo(ExitCode.FINE);
        assertThat(back.out()).contains("from 2 to 1", "activated: the whole job serves it");

        Path out = folder.resolve("killed");
        for (Step step : KILLED) {
            killInside(step, file, out, topics);
        }
        toTheEnd(file, out);
        assertThat(ModelBundle.read(out.resolve("bundle")).digest()).isEqualTo(expected.digest());
        assertThat(ModelBundle.read(out.resolve("bundle/int8")).digest())
                .isEqualTo(ModelBundle.read(whole.resolve("bundle/int8")).digest());
        assertThat(out.resolve("held-out-reads.txt")).hasSameTextualContentAs(whole.resolve("held-out-reads.txt"));
        List<Step> tried =
                new ArrayList<>(List.of(Step.SNAPSHOT, Step.PRETRAIN, Step.FINETUNE, Step.EXPORT, Step.SHADOW));
        tried.retainAll(KILLED);
        for (Step step : tried) {
            assertThat(steps(out).path(step.key()).path("attempts").asInt())
                    .as(step.key())
                    .isGreaterThan(1);
        }
    }

    @Test
    void aGateThatRefusesNamesTheRuleAndEndsTheRun() throws Exception {
        Path file = configuration("refused.yaml", "corpus: corpus", "minGain: 1, maxOldLoss: 1,");
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
                .hasMessageContaining("minGain: expected 1.0000 or more, got");
        assertThat(Files.readString(out.resolve("report.html"))).contains("does not hold", "minGain");
        assertThatThrownBy(() -> run.run(true)).hasMessageContaining("The run is over: refused by gate");
        assertThatThrownBy(() -> run.run(false)).hasMessageContaining("Expected a folder without a run, or --resume");
        assertThat(out.resolve("bundle/int8")).doesNotExist();
        assertThat(String.format(Locale.ROOT, "%s", run.plan())).contains("gate       refused");
        RetrainRun over = new RetrainRun(
                io.kmerflow.pretraining.settings.SettingsTree.read(file, RetrainConfig.class),
                folder,
                folder.resolve("corpus"),
                line -> {},
                line -> {});
        assertThatThrownBy(() -> over.run(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "Expected a new or empty folder, or that of a run, got " + folder.resolve("corpus"));
    }
}
