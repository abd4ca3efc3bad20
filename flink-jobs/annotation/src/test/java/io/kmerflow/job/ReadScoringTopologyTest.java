package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.kafka.KafkaEnds;
import io.kmerflow.job.scoring.TestModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadScoringTopologyTest {
    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        JobEnvironment.configure(environment, Duration.ofSeconds(1));
        return environment;
    }

    private static List<String> chains(StreamExecutionEnvironment environment) {
        List<String> names = new ArrayList<>();
        for (JobVertex vertex :
                environment.getStreamGraph().getJobGraph().getVerticesSortedTopologicallyFromSources()) {
            names.add(vertex.getName());
        }
        return names;
    }

    @Test
    void readsNeverLeaveTheirThreadFromTopicToTopicEvenWithTransactions() {
        StreamExecutionEnvironment environment = environment();
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, "127.0.0.1:1");
        options.set(JobOptions.KAFKA_DELIVERY, DeliveryGuarantee.EXACTLY_ONCE);
        JobConfig config = JobConfig.from(options);
        KafkaEnds ends = new KafkaEnds(config.kafka());
        new ReadScoringTopology(config, new TestModel())
                .build(environment, ends.reads(), ends.annotations(), ends.deadLetters(), 3);

        List<String> chains = chains(environment);
        assertThat(chains).hasSize(2);
        assertThat(chains.get(0)).contains("reads", "decode", "score", "annotations: Writer", "annotations: Committer");
    }

    /** The job manager stores the graph and shows it to whoever asks. */
    @Test
    void theKeyOfDeadLettersIsNotInTheJobGraph(@TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("key-file"), "the secret itself");
        StreamExecutionEnvironment environment = environment();
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, "127.0.0.1:1");
        options.set(JobOptions.DEAD_LETTER_HMAC_KEY_FILE, key.toString());
        JobConfig config = JobConfig.from(options);
        KafkaEnds ends = new KafkaEnds(config.kafka());
        new ReadScoringTopology(config, new TestModel())
                .build(environment, ends.reads(), ends.annotations(), ends.deadLetters(), 1);

        byte[] graph =
                InstantiationUtil.serializeObject(environment.getStreamGraph().getJobGraph());
        assertThat(new String(graph, StandardCharsets.ISO_8859_1))
                .contains("key-file")
                .doesNotContain("the secret itself");
    }

    @Test
    void aJobWithAnOperatorWithoutItsOwnUidIsNoJob() {
        StreamExecutionEnvironment environment = environment();
        environment.fromData(1).print();

        assertThatThrownBy(() -> chains(environment))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("UID");
    }
}
