package io.kmerflow.corpus;

import static io.kmerflow.corpus.TestStream.bases;
import static io.kmerflow.schema.AnnotationStatus.SCORED;
import static io.kmerflow.schema.AnnotationStatus.UNCALLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kmerflow.corpus.snapshot.TopicRecord;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.kafka.KafkaEnds;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.job.kafka.PreflightException;
import io.kmerflow.job.kafka.RawRecordDeserializer;
import io.kmerflow.job.kafka.TopicRange;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SnapshotJobITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(1)
            .build());

    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static TestStream stream(String name) {
        return new TestStream(kafka.bootstrapServers(), name);
    }

    private static Manifest run(Configuration options) throws Exception {
        return SnapshotJob.run(StreamExecutionEnvironment.getExecutionEnvironment(), SnapshotConfig.from(options));
    }

    private List<CorpusRead> reads(Path corpus) throws Exception {
        List<CorpusRead> reads = new ArrayList<>();
        CorpusFolder.open(corpus).read(reads::add);
        reads.sort(Comparator.comparing(CorpusRead::getReadId));
        return reads;
    }

    /** 240 reads of two samples and three labels, some twice, some on the other strand, some labelled. */
    private static TestStream many(String name) throws Exception {
        TestStream stream = stream(name);
        for (int i = 0; i < 240; i++) {
            String id = "r" + i;
            stream.read(id, "s" + i % 2, bases(i / 2 % 110, 100), 20 + i % 15);
            stream.annotation(id, i % 7 == 0 ? UNCALLED : SCORED, i % 7 == 0 ? null : "call" + i % 3, "sha256:a", 5);
            if (i % 3 == 0) {
                stream.label(id, "curator", "label" + i / 2 % 110 % 3);
            }
            if (i % 20 == 0) {
                stream.read(id, "s" + i % 2, bases(i / 2 % 110, 100), 20 + i % 15);
                stream.annotation(id, SCORED, "call" + i % 2, "sha256:b", 6);
            }
        }
        return stream.undecodable().send();
    }

    @Test
    void readsAreJoinedWithTheirNewestAnnotationAndLabelsAndEveryRecordIsAccountedFor() throws Exception {
        TestStream stream = stream("joined");
        stream.read("kept", "s1", bases(1, 60), 30)
                .annotation("kept", SCORED, "older", "sha256:a", 1)
                .annotation("kept", SCORED, "newer", "sha256:b", 2)
                .label("kept", "curator", "wrong")
                .label("kept", "curator", "Escherichia coli")
                .label("kept", "minimap2", "Escherichia coli")
                .read("bare", "s1", bases(2, 60), 30)
                .read("kept", "s1", bases(1, 60), 30)
                .read("withdrawn", "s1", bases(3, 60), 30)
                .label("withdrawn", "curator", "Homo sapiens")
                .read("human", "s1", bases(4, 60), 30)
                .annotation("human", SCORED, "Homo sapiens", "sha256:b", 2)
                .read("said-human", "s1", bases(5, 60), 30)
                .label("said-human", "curator", "Homo sapiens")
                .label("said-human", "minimap2", "Escherichia coli")
                .read("contradictory", "s1", bases(6, 60), 30)
                .label("contradictory", "curator", "Bacillus subtilis")
                .label("contradictory", "minimap2", "Escherichia coli")
                .read("sample", "s2", bases(7, 60), 30)
                .read("short", "s1", bases(8, 20), 30)
                .read("poor", "s1", bases(9, 60), 5)
                .annotation("absent", SCORED, "x", "sha256:b", 2)
                .label("absent", "curator", "x")
                .read("twin-1", "s1", bases(10, 60), 30)
                .read("twin-2", "s1", turned(bases(10, 60)), 30)
                .label("twin-2", "curator", "Escherichia coli")
                .read("apart-1", "s1", bases(11, 60), 30)
                .label("apart-1", "curator", "Bacillus subtilis")
                .read("apart-2", "s1", bases(11, 60), 30)
                .label("apart-2", "curator", "Escherichia coli")
                .undecodable()
                .send();
        try (LabelTopic labels = stream.labels()) {
            labels.withdraw(new ReadIdentity("run", "withdrawn", 0)::equals);
        }
        Configuration options = stream.options(folder.resolve("corpus"), 1);
        options.set(CorpusOptions.EXCLUDE_LABELS, List.of("Homo sapiens", "Homo sapien"));
        options.set(CorpusOptions.SAMPLES, List.of("s1", "s9"));
        options.set(CorpusOptions.MIN_BASES, 50);
        options.set(CorpusOptions.MIN_MEAN_QUALITY, 10.0);

        Manifest manifest = run(options);

        List<CorpusRead> reads = reads(folder.resolve("corpus"));
        assertThat(reads).extracting(CorpusRead::getReadId).containsExactly("bare", "kept", "twin-2", "withdrawn");
        CorpusRead kept = reads.get(1);
        assertThat(kept.getLabel()).isEqualTo("Escherichia coli");
        assertThat(kept.getLabelSources()).containsExactly("curator", "minimap2");
        assertThat(kept.getCalledLabel()).isEqualTo("newer");
        assertThat(kept.getModelDigest()).isEqualTo("sha256:b");
        assertThat(kept.getStatus()).isEqualTo("SCORED");
        assertThat(kept.getSampleId()).isEqualTo("s1");
        assertThat(kept.getBases().remaining()).isEqualTo(60);
        assertThat(kept.getPhredQualities().get(0)).isEqualTo((byte) 30);
        assertThat(List.of(reads.get(0), reads.get(3))).allSatisfy(read -> {
            assertThat(read.getLabel()).isNull();
            assertThat(read.getStatus()).isNull();
        });
        assertThat(manifest.unmet())
                .isEqualTo(Map.of("excludeLabels", List.of("Homo sapien"), "samples", List.of("s9")));
        assertThat(manifest.in()).isEqualTo(Map.of("reads", 15L, "annotations", 5L, "labels", 13L));
        assertThat(manifest.leftOut())
                .isEqualTo(Map.ofEntries(
                        Map.entry("dead-letter-UNDECODABLE", 1L),
                        Map.entry("undecodable-annotations", 1L),
                        Map.entry("older-annotations", 1L),
                        Map.entry("annotations-without-read", 1L),
                        Map.entry("older-labels", 3L), // one replaced, one withdrawn and its withdrawal
                        Map.entry("labels-without-read", 1L),
                        Map.entry("repeated-reads", 1L),
                        Map.entry("sample", 1L),
                        Map.entry("length", 1L),
                        Map.entry("quality", 1L),
                        Map.entry("excluded-label", 2L),
                        Map.entry("contradictory-labels", 1L),
                        Map.entry("duplicates", 1L),
                        Map.entry("contradictory-duplicates", 2L)));
        assertThat(manifest.kept().reads()).isEqualTo(4);
        assertThat(manifest.kept().bases()).isEqualTo(240);
        assertThat(manifest.kept().byLabel()).isEqualTo(Map.of("Escherichia coli", 2L));
        assertThat(manifest.models()).isEqualTo(Map.of("sha256:b", 1L));
        assertThat(manifest.keptShare()).isEqualTo(4 / 15.0);
        assertThat(manifest.leftOutShares().keySet())
                .isEqualTo(manifest.leftOut().keySet());
        assertThat(manifest.leftOutShares())
                .containsEntry("excluded-label", 2 / 15.0)
                .containsEntry("dead-letter-UNDECODABLE", 1 / 15.0)
                .containsEntry("older-annotations", 1 / 5.0)
                .containsEntry("older-labels", 3 / 13.0);
    }

    @Test
    void annotationsInJsonAreAsOldAsTheirRecords() throws Exception {
        TestStream stream = stream("json")
                .read("r1", "s", bases(1, 60), 30)
                .annotation("r1", SCORED, "older", "sha256:a", 5)
                .jsonAnnotation("r1", SCORED, "newer", "sha256:b")
                .read("r2", "s", bases(2, 60), 30)
                .jsonAnnotation("r2", UNCALLED, null, "sha256:b")
                .send();

        Manifest manifest = run(stream.options(folder.resolve("corpus"), 1));

        assertThat(manifest.leftOut()).isEqualTo(Map.of("older-annotations", 1L));
        assertThat(reads(folder.resolve("corpus")))
                .extracting(CorpusRead::getCalledLabel, CorpusRead::getStatus, CorpusRead::getModelDigest)
                .containsExactly(tuple("newer", "SCORED", "sha256:b"), tuple(null, "UNCALLED", "sha256:b"));
    }

    private static String turned(String bases) {
        StringBuilder turned = new StringBuilder(bases).reverse();
        for (int i = 0; i < turned.length(); i++) {
            turned.setCharAt(i, "TGCA".charAt("ACGT".indexOf(turned.charAt(i))));
        }
        return turned.toString();
    }

    @Test
    void filesAreForTheirOwnerAlone() throws Exception {
        TestStream stream = stream("owner").read("r1", "s", bases(1, 60), 30).send();
        Path corpus = folder.resolve("corpus");
        run(stream.options(corpus, 1));

        try (Stream<Path> files = Files.list(corpus)) {
            List<Path> all = files.toList();
            assertThat(all)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(corpus)))
                .isEqualTo("rwx------");
    }

    @Test
    void manifestIsTheSameForAnyParallelismAndWithATaskManagerKilled(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        TestStream stream = many("many");
        Path first = folder.resolve("first");
        Configuration options = sampled(stream.options(first, 1));
        Manifest alone = run(options);
        assertThat(alone.leftOut().get("not-drawn")).isGreaterThan(20);
        assertThat(alone.leftOut().get("duplicates")).isGreaterThan(20);
        assertThat(alone.kept().reads()).isGreaterThan(20);
        stream.read("later", "s0", bases(900, 100), 30).send(); // everything once more, and one read

        Configuration again = sampled(stream.options(folder.resolve("second"), 2));
        again.set(CorpusOptions.SAME_RANGE, first.resolve("manifest.json").toString());
        run(again);
        Configuration killed = sampled(stream.options(folder.resolve("third"), 2));
        killed.set(CorpusOptions.SAME_RANGE, first.resolve("manifest.json").toString());
        runWithATaskManagerKilled(SnapshotConfig.from(killed), cluster);

        String manifest = Files.readString(first.resolve("manifest.json"));
        assertThat(folder.resolve("second/manifest.json")).hasContent(manifest);
        assertThat(folder.resolve("third/manifest.json")).hasContent(manifest);
        assertThat(reads(folder.resolve("third"))).isEqualTo(reads(first));
    }

    private static Configuration sampled(Configuration options) {
        options.set(CorpusOptions.READS_PER_GROUP, 9);
        options.set(CorpusOptions.SEED, 42L);
        return options;
    }

    /** Stops a task that reads, until its task manager is gone, once. */
    private static final class Hindered implements KafkaRecordDeserializationSchema<RawRecord> {
        private static final long serialVersionUID = 1L;
        private static final AtomicBoolean HINDERS = new AtomicBoolean();
        private static final CountDownLatch REACHED = new CountDownLatch(1);

        private final RawRecordDeserializer deserializer = new RawRecordDeserializer();
        private int taken;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            deserializer.deserialize(record, out);
            if (++taken == 30 && HINDERS.compareAndSet(true, false)) {
                REACHED.countDown();
                try {
                    new CountDownLatch(1).await(); // until its task is cancelled
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return deserializer.getProducedType();
        }
    }

    private static void runWithATaskManagerKilled(SnapshotConfig config, MiniCluster cluster) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        SortedMap<String, TopicRange> ranges = SnapshotJob.ranges(config);
        CorpusFolder corpus = CorpusFolder.create(config.output());
        JobEnvironment.configureBatch(environment);
        KafkaEnds ends = new KafkaEnds(config.kafka());
        config.topology()
                .build(
                        environment,
                        ends.range(ranges.get("reads"), new Hindered()),
                        ends.range(ranges.get("annotations"), new TopicRecord.Deserializer()),
                        ends.range(ranges.get("labels"), new TopicRecord.Deserializer()),
                        config.output(),
                        config.parallelism());
        Hindered.HINDERS.set(true);
        JobClient client = environment.executeAsync();
        Hindered.REACHED.await();
        cluster.terminateTaskManager(0).get();
        cluster.terminateTaskManager(1).get();
        cluster.startTaskManager();
        cluster.startTaskManager();
        SnapshotJob.complete(
                corpus, config, ranges, client.getJobExecutionResult().get());
    }

    @Test
    void rangesThatAreNotThereAndFoldersInUseAreRefused() throws Exception {
        TestStream stream = stream("range");
        for (int i = 0; i < 30; i++) {
            stream.read("r" + i, "s", bases(i, 60), 30);
        }
        stream.send();
        Configuration beyond = stream.options(folder.resolve("beyond"), 1);
        beyond.set(CorpusOptions.TO, "0:100000");
        assertThatThrownBy(() -> run(beyond))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("in partition 0 of topic range-reads, it has [0, ");
        Configuration apart = stream.options(folder.resolve("apart"), 1);
        apart.set(CorpusOptions.FROM, "0:1");
        apart.set(CorpusOptions.TO, "1:3");
        assertThatThrownBy(() -> run(apart))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("got starts of [0] and ends of [1]");
        Configuration some = stream.options(folder.resolve("some"), 1);
        some.set(CorpusOptions.FROM, "0:1,1:0");
        some.set(CorpusOptions.TO, "0:3,1:1");
        assertThat(run(some).in()).isEqualTo(Map.of("reads", 3L));
        assertThatThrownBy(() -> run(some))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a new or empty folder");
        Configuration behind = stream.options(folder.resolve("behind"), 1);
        behind.set(CorpusOptions.FROM, "0:100000,1:0");
        assertThatThrownBy(() -> run(behind))
                .isInstanceOf(PreflightException.class)
                .hasMessageContaining("begins before its end in partition 0 of topic range-reads, got [100000, ");
        Configuration unknown = stream.options(folder.resolve("unknown"), 1);
        unknown.set(CorpusOptions.FROM, "0:0,7:0");
        assertThatThrownBy(() -> run(unknown))
                .isInstanceOf(PreflightException.class)
                .hasMessage("Expected partitions of topic range-reads, [0, 1, 2], got [0, 7]");
        Configuration future = stream.options(folder.resolve("future"), 1);
        future.set(CorpusOptions.FROM, "2999-01-01T00:00:00Z");
        assertThat(run(future).kept().reads()).isZero();
    }
}
