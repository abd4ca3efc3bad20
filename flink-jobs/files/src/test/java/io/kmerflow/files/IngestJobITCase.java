package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.TestTopics;
import io.kmerflow.job.decode.ReadLimits;
import io.kmerflow.job.scoring.TestModel;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class IngestJobITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static TestTopics topics() {
        return TestTopics.at(kafka.bootstrapServers());
    }

    private static Configuration options(String name) {
        return new Configuration()
                .set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers())
                .set(JobOptions.KAFKA_READS_TOPIC, name + "-reads")
                .set(JobOptions.KAFKA_ANNOTATIONS_TOPIC, name + "-annotations")
                .set(JobOptions.KAFKA_DEAD_LETTERS_TOPIC, name + "-dead-letters")
                .set(JobOptions.KAFKA_GROUP_ID, name)
                .set(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, name)
                .set(JobOptions.KAFKA_CREATE_TOPICS, true)
                .set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 2)
                .set(JobOptions.KAFKA_PROPERTIES, Map.of("linger.ms", "0"))
                .set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300))
                .set(JobOptions.PARALLELISM, 2);
    }

    @Test
    void ingestPutsFilesOnTheTopicAndTheJobReadsThem(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("a.fastq"),
                "@a 1:N:0:AC\nACGTACGTAC\n+\nIIIIIIIIII\nnonsense\n@b 2:N:0:AC\nACGTACGTAC\n+\nIIIIIIIIII\n");
        Configuration options = options("files");
        options.set(JobOptions.KAFKA_BOUNDED, true);
        options.set(FileOptions.INPUT_FILES, List.of(file.toString()));
        FileConfig files = FileConfig.from(options);
        JobConfig config = files.job();

        JobSummary ingested = IngestJob.run(StreamExecutionEnvironment.getExecutionEnvironment(), files);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        ReadScoringJob.build(environment, config, new TestModel());
        environment.execute();

        assertThat(ingested.deadLettersByReason()).isEqualTo(Map.of("MALFORMED_RECORD", 1L));
        assertThat(topics().annotations(config).stream()
                        .map(read -> read.getRunId() + " " + read.getReadId() + read.getMate()))
                .containsExactlyInAnyOrder("a a1", "a b2");
        assertThat(topics().deadLetters(config)).singleElement().satisfies(letter -> {
            assertThat(letter.getFile()).isEqualTo(file.toString());
            assertThat(letter.getLine()).isEqualTo(5);
        });
        assertThat(topics().consume(config.kafka().readsTopic()))
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder("a/a", "a/b");
    }

    @Test
    void ingestAndTheJobBesideItHaveTransactionsOfTheirOwn(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fastq"), "@a\nACGTACGTAC\n+\nIIIIIIIIII\nnonsense\n");
        Configuration options = options("both").set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE);
        options.set(JobOptions.KAFKA_BOUNDED, true);
        options.set(FileOptions.INPUT_FILES, List.of(file.toString()));
        FileConfig files = FileConfig.from(options);
        JobConfig config = files.job();

        IngestJob.run(StreamExecutionEnvironment.getExecutionEnvironment(), files);
        Set<String> ofIngest = transactionsOf("both-");
        topics().produce(config.kafka().readsTopic(), List.of(new byte[] {1, 2, 3}));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        ReadScoringJob.build(environment, config, new TestModel());
        environment.execute();
        Set<String> ofBoth = transactionsOf("both-");

        assertThat(topics().deadLetters(config)).hasSize(2);
        assertThat(ofIngest).containsExactlyInAnyOrder("both-reads", "both-ingest-dead-letters");
        assertThat(ofBoth)
                .containsExactlyInAnyOrder(
                        "both-reads", "both-ingest-dead-letters", "both-annotations", "both-dead-letters");
    }

    @Test
    void aReadLargerThanItsTopicIsADeadLetterOfIngest(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("a.fasta"),
                ">a\n" + "A".repeat(70_000) + "\n>b comment=" + "c".repeat(2 << 20) + "\nACGT\n>" + "n".repeat(70_000)
                        + "\nACGT\n");
        Configuration options = options("large")
                .set(JobOptions.KAFKA_MAX_MESSAGE_BYTES, 65_536)
                .set(FileOptions.INPUT_FILES, List.of(file.toString()));

        JobSummary summary =
                IngestJob.run(StreamExecutionEnvironment.getExecutionEnvironment(), FileConfig.from(options));

        assertThat(summary.ingested()).isEqualTo(1);
        assertThat(summary.deadLettersByReason()).isEqualTo(Map.of("READ_TOO_LARGE", 1L, "NAME_TOO_LONG", 1L));
        assertThat(topics().deadLetters(JobConfig.from(options)))
                .extracting(letter -> letter.getRecordNumber() + " " + letter.getStage())
                .containsExactlyInAnyOrder("1 SINK", "3 READ_FILE");
        SequencedRead read = new RecordCodec<>(SequencedRead.class)
                .decode(topics().consume("large-reads").get(0).value());
        assertThat(read.getAttributes()).isEqualTo(Map.of(ReadLimits.CUT_ATTRIBUTE, "comment"));
    }

    /** Names of all transactions that begin so, without subtask and number. */
    private static Set<String> transactionsOf(String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTransactions().all().get().stream()
                    .map(TransactionListing::transactionalId)
                    .filter(id -> id.startsWith(prefix))
                    .map(id -> id.replaceFirst("-\\d+-\\d+$", ""))
                    .collect(Collectors.toSet());
        }
    }
}
