package io.kmerflow.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.job.model.TinyBundle;
import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions, tables and models in Flink SQL, on a broker and with a real model. */
class SqlITCase {
    private static final int READS = 60;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static TableEnvironment sql;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("reads", 1, (short) 1)))
                    .all()
                    .get();
        }
        TinyBundle.write(folder.resolve("bundle"), "1", 3, "even", "odd");
        sql = TableEnvironment.create(
                EnvironmentSettings.newInstance().inStreamingMode().build());
        sql.getConfig().set("parallelism.default", "1");
        sql.executeSql("LOAD MODULE kmerflow");
        sql.executeSql(
                "CREATE TABLE sequenced (readId STRING, runId STRING, sampleId STRING, bases STRING, phredQualities STRING,"
                        + " attributes MAP<STRING, STRING>, place BIGINT METADATA FROM 'offset' VIRTUAL) "
                        + topic("reads"));
        sql.executeSql("CREATE TABLE annotations (readId STRING, status STRING, readLength BIGINT, meanQuality DOUBLE,"
                + " readCall ROW<label STRING, score DOUBLE>, calls ARRAY<ROW<label STRING, `start` INT, `end` INT>>,"
                + " annotatedTime TIMESTAMP_LTZ(3)) " + topic("annotations"));
        sql.executeSql(String.format(
                Locale.ROOT,
                "CREATE MODEL tiny INPUT (bases STRING) OUTPUT (label STRING, score DOUBLE, status STRING)"
                        + " WITH ('provider' = 'kmerflow', 'bundle' = '%s')",
                folder.resolve("bundle")));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static String topic(String record) {
        return String.format(
                Locale.ROOT,
                "WITH ('connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s',"
                        + " 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset',"
                        + " 'format' = 'kmerflow', 'kmerflow.record' = '%s')",
                record,
                kafka.bootstrapServers(),
                record);
    }

    private static List<Row> rows(String query) {
        List<Row> rows = new ArrayList<>();
        sql.executeSql(query).collect().forEachRemaining(rows::add); // ends with the query
        return rows;
    }

    @Test
    void functionsAreThereByTheirNames() {
        assertThat(rows("SELECT REVCOMP('aacgN'), GC('ACGGN'), KMERS('ACGTA', 3), MEAN_QUALITY('II') > 39")
                        .get(0))
                .isEqualTo(Row.of("NCGTT", 0.75, new String[] {"ACG", "CGT", "GTA"}, true));
    }

    @Test
    void readsAreWrittenAndPredictionsAreThoseOfTheJob() throws Exception {
        Random random = new Random(5);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            // Too short, or a window and more: the tiny model's scores depend on the padding of shorter windows.
            String bases = bases(random, i % 10 == 0 ? 5 : 20 + random.nextInt(400));
            values.add(String.format(
                    Locale.ROOT,
                    "('r%02d', 'run', CAST(NULL AS STRING), '%s', '%s', MAP['lane', '%d'])",
                    i,
                    bases,
                    "I".repeat(bases.length()),
                    i));
        }
        sql.executeSql("INSERT INTO sequenced VALUES " + String.join(", ", values))
                .await();
        assertThat(rows(
                        "SELECT readId, attributes['lane'], CHAR_LENGTH(bases) = CHAR_LENGTH(phredQualities), place >= 0"
                                + " FROM sequenced WHERE readId = 'r07'"))
                .containsExactly(Row.of("r07", "7", true, true));

        annotate();

        List<Row> ofTheJob = rows("SELECT readId, status, readCall.label, readCall.score FROM annotations");
        List<Row> ofSql = rows(
                "SELECT readId, status, label, score FROM ML_PREDICT(INPUT => TABLE sequenced, MODEL => MODEL tiny,"
                        + " ARGS => DESCRIPTOR(bases))");
        Comparator<Row> byRead = Comparator.comparing(row -> row.getFieldAs(0));
        ofTheJob.sort(byRead);
        ofSql.sort(byRead);
        assertThat(ofSql).hasSize(READS);
        for (int i = 0; i < READS; i++) {
            Row job = ofTheJob.get(i);
            Row row = ofSql.get(i);
            assertThat(row.getField(0)).isEqualTo(job.getField(0));
            assertThat(row.getField(1)).as("%s", row).isEqualTo(job.getField(1));
            assertThat(row.getField(2)).as("%s", row).isEqualTo(job.getField(2));
            if (job.getField(3) != null) {
                assertThat((Double) row.getField(3)).isCloseTo((Double) job.getField(3), Offset.offset(1e-5));
            }
        }
        assertThat(ofSql).extracting(row -> row.getField(1)).contains("SCORED", "TOO_SHORT");
        assertThat(ofSql).extracting(row -> row.getField(2)).contains("even", "odd", null);
        assertThat(rows("SELECT SUM(CARDINALITY(calls)), MAX(meanQuality) FROM annotations WHERE readLength >= 20"))
                .last()
                .isEqualTo(Row.ofKind(
                        RowKind.UPDATE_AFTER,
                        (int) ofTheJob.stream()
                                .filter(row -> row.getField(2) != null)
                                .count(),
                        40.0));
    }

    private static String bases(Random random, int length) {
        StringBuilder bases = new StringBuilder();
        for (int i = 0; i < length; i++) {
            bases.append("ACGT".charAt(random.nextInt(4)));
        }
        return bases.toString();
    }

    private static void annotate() throws Exception {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_BOUNDED, true);
        options.set(JobOptions.MODEL_BUNDLE, folder.resolve("bundle").toString());
        options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(5));
        JobConfig config = JobConfig.from(options);
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(1);
        ReadScoringJob.build(flink, config, config.requireModel());
        flink.execute();
    }

    @Test
    void nullAndWhatAreNoBasesGiveNulls() {
        sql.executeSql(
                "CREATE TEMPORARY VIEW odd_rows AS SELECT * FROM (VALUES (1, CAST(NULL AS STRING)), (2, 'no bases!'),"
                        + " (3, 'ACGTACGTACGTACGTACGTACGTACGT')) AS t(id, bases)");
        List<Row> rows = rows(
                "SELECT id, label IS NULL, status FROM ML_PREDICT(INPUT => TABLE odd_rows, MODEL => MODEL tiny, ARGS"
                        + " => DESCRIPTOR(bases))");
        rows.sort(Comparator.comparing(row -> row.getFieldAs(0)));
        assertThat(rows).containsExactly(Row.of(1, true, null), Row.of(2, true, null), Row.of(3, false, "SCORED"));
    }

    @Test
    void columnsThatAreNoFieldsAreRefused() {
        sql.executeSql("CREATE TABLE wrong (colour STRING) " + topic("annotations"));
        assertThatThrownBy(() -> sql.executeSql("SELECT * FROM wrong"))
                .hasMessageContainingAll("ReadAnnotation", "'colour'", "readId");
        sql.executeSql("CREATE TABLE narrow (readId STRING) " + topic("reads"));
        assertThatThrownBy(() -> sql.executeSql("INSERT INTO narrow VALUES ('r')"))
                .hasStackTraceContaining("Expected a column 'runId'");
    }
}
