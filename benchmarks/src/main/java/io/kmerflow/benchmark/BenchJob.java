package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cluster.BrokerProcess;
import io.kmerflow.cluster.FlinkCluster;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.ReadScoringJob;
import io.kmerflow.kafka.EmbeddedKafka;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.sequence.PhredQualities;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The annotation job under measurement, and what it is fed. */
public final class BenchJob {
    private static final int PHRED = 30;

    private BenchJob() {}

    /** Starts the job in this process on the CPU, one subtask, one partition a topic, at-least-once. */
    static JobClient start(EmbeddedKafka kafka, ModelBundle bundle, int threads, int maxBatchWindows) throws Exception {
        return start(
                kafka,
                bundle,
                1,
                Map.of(
                        JobOptions.MODEL_DEVICE.key(), "cpu",
                        JobOptions.MODEL_THREADS.key(), Integer.toString(threads),
                        JobOptions.MAX_BATCH_WINDOWS.key(), Integer.toString(maxBatchWindows)));
    }

    /**
     * Starts the job in this process, one partition a topic for each subtask, at-least-once.
     *
     * @param more options beside those that every measurement has
     */
    public static JobClient start(EmbeddedKafka kafka, ModelBundle bundle, int parallelism, Map<String, String> more)
            throws Exception {
        Configuration options = Configuration.fromMap(more);
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, parallelism);
        options.set(JobOptions.PARALLELISM, parallelism);
        options.set(JobOptions.MODEL_BUNDLE, bundle.directory().toString());
        options.set(JobOptions.MODEL_PRECISION, bundle.precision());
        if (!more.containsKey(JobOptions.SCORE_ALL.key())) {
            options.set(JobOptions.SCORE_ALL, true); // windows per second are compared with those of the bare runtime
        }
        JobConfig config = JobConfig.from(options);
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(parallelism);
        ReadScoringJob.build(flink, config, config.requireModel());
        return flink.executeAsync("kmerflow bench");
    }

    /**
     * Submits the job to a cluster, with one partition a topic for each subtask, and waits until it runs.
     *
     * @param more options beside those that every measurement has
     * @return the job's id
     */
    static String submit(
            FlinkCluster cluster,
            BrokerProcess broker,
            ModelBundle bundle,
            int parallelism,
            int threads,
            int maxBatchWindows,
            List<String> more)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--kafka.bootstrap-servers",
                broker.bootstrapServers(),
                "--kafka.create-topics",
                "true",
                "--kafka.new-topic-partitions",
                Integer.toString(parallelism),
                "--job.parallelism",
                Integer.toString(parallelism),
                "--model.bundle",
                bundle.directory().toAbsolutePath().toString(),
                "--model.precision",
                bundle.precision(),
                "--scoring.score-all",
                "true",
                "--model.device",
                "cpu",
                "--model.threads",
                Integer.toString(threads),
                "--scoring.batch.max-windows",
                Integer.toString(maxBatchWindows)));
        arguments.addAll(more);
        String job = cluster.submit(null, arguments);
        cluster.awaitRunning(job);
        return job;
    }

    /** Reads of random bases as the topic holds them, named {@code prefix} and their number from 0. */
    public static List<byte[]> encodedReads(String prefix, int reads, int bases) {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        Random random = new Random(1);
        List<byte[]> encoded = new ArrayList<>();
        for (int read = 0; read < reads; read++) {
            encoded.add(codec.encode(SequencedRead.newBuilder()
                    .setReadId(prefix + read)
                    .setRunId("bench")
                    .setBases(ByteBuffer.wrap(randomBases(random, bases)))
                    .setPhredQualities(ByteBuffer.wrap(PhredQualities.constant(PHRED, bases)))
                    .build()));
        }
        return encoded;
    }

    /** Windows of random bases. */
    public static List<byte[]> randomWindows(int count, int bases) {
        Random random = new Random(2);
        List<byte[]> windows = new ArrayList<>();
        for (int window = 0; window < count; window++) {
            windows.add(randomBases(random, bases));
        }
        return windows;
    }

    static byte[] randomBases(Random random, int count) {
        byte[] bases = new byte[count];
        for (int i = 0; i < count; i++) {
            bases[i] = (byte) "ACGT".charAt(random.nextInt(4));
        }
        return bases;
    }

    /** The middle value, or the mean of the two. */
    public static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
