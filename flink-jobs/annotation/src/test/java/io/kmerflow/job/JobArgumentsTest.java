package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.model.BundleSessionFactory;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;

class JobArgumentsTest {
    @Test
    void helpNamesEveryOptionWithItsDefault() {
        String help = JobHelp.of("ReadScoringJob", JobOptions.all());

        assertThat(JobOptions.all()).allSatisfy(option -> assertThat(help).contains("--" + option.key()));
        assertThat(help)
                .contains("--kafka.topic.reads (default: reads)", "    Topic of reads.")
                .doesNotContain("<");
    }

    private static JobConfig config(String... args) {
        return JobConfig.from(JobArguments.parse(args, JobOptions.all()));
    }

    @Test
    void everyOptionHasADescription() {
        assertThat(JobOptions.all())
                .allSatisfy(option -> assertThat(option.description())
                        .isNotEqualTo(org.apache.flink.configuration.description.Description.builder()
                                .build()));
        assertThat(JobOptions.all()).extracting(option -> option.key()).doesNotHaveDuplicates();
    }

    @Test
    void defaultsAreTheDocumentedOnes() {
        JobConfig config = config("--kafka.bootstrap-servers", "h:1");

        assertThat(config.scoring().feed().maxBatchTokens()).isEqualTo(16_384);
        assertThat(config.scoring().feed().maxBatchAgeMillis()).isNull();
        assertThat(config.maxReadBases()).isEqualTo(5_000_000);
        assertThat(config.kafka().delivery()).isEqualTo(DeliveryGuarantee.AT_LEAST_ONCE);
        assertThat(config.kafka().maxMessageBytes()).isEqualTo(32 << 20);
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.scoring().ordered()).isFalse();
        assertThat(config.model()).isNull();
    }

    @Test
    void textBecomesTypedValues() {
        JobConfig config = config(
                "--kafka.bootstrap-servers", "h:1,i:2",
                "--kafka.delivery", "exactly-once",
                "--kafka.start", "earliest",
                "--kafka.properties", "security.protocol:SSL,client.id:me",
                "--job.checkpoint-interval", "3 s",
                "--scoring.batch.max-age", "20 ms");

        assertThat(config.kafka().bootstrapServers()).isEqualTo("h:1,i:2");
        assertThat(config.kafka().delivery()).isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
        assertThat(config.kafka().start()).isEqualTo(KafkaConfig.Start.EARLIEST);
        assertThat(config.kafka().properties()).isEqualTo(Map.of("security.protocol", "SSL", "client.id", "me"));
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.scoring().feed().maxBatchAgeMillis()).isEqualTo(20);
    }

    @Test
    void transactionsAreNamedByTheGroupUnlessTheyHaveANameOfTheirOwn() {
        String[] group = {"--kafka.bootstrap-servers", "host:9092", "--kafka.group-id", "panel"};
        String[] both = Stream.concat(Stream.of(group), Stream.of("--kafka.transactional-id-prefix", "p"))
                .toArray(String[]::new);

        assertThat(config(group).kafka().transactionalIdPrefix()).isEqualTo("panel");
        assertThat(config(both).kafka().transactionalIdPrefix()).isEqualTo("p");
    }

    @Test
    void wrongUsageIsOneSentence() {
        assertThatThrownBy(() -> config("--kafka.topics", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--kafka.topics");
        assertThatThrownBy(() -> config("kafka.start", "earliest")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config("--kafka.start"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value");
        assertThatThrownBy(() -> config("--scoring.batch.max-tokens", "0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scoring.batch.max-tokens");
        assertThatThrownBy(() -> config("--scoring.batch.max-tokens", "many"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scoring.batch.max-tokens");
        assertThatThrownBy(() -> config("--model.bundle", "m", "--model.threads", "0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model.threads of at least 1, or auto, got '0'");
        assertThatThrownBy(() -> config("--model.bundle", "m", "--model.threads", "many"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'many'");
        assertThatThrownBy(() -> config("--kafka.max-message-bytes", "16383"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kafka.max-message-bytes of at least 16384");
    }

    /** The process may be a job manager's, in application mode: nothing but its own main may end it. */
    @Test
    void wrongUsageOfAJobIsThrown() {
        assertThatThrownBy(() -> ReadScoringJob.main(new String[] {"--kafka.topics", "x"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--kafka.topics");
        assertThatThrownBy(() -> ReadScoringJob.main(new String[] {"--job.parallelism", "0"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("job.parallelism");
    }

    @Test
    void whatDependsOnTheMachineIsLeftToTheMachineThatRunsTheModel() {
        assertThat(JobOptions.MODEL_THREADS.defaultValue()).isEqualTo("auto");
        assertThat(JobOptions.MODEL_DEVICE.defaultValue()).isEqualTo("auto");
        assertThat(config("--model.bundle", "m").model().threads()).isEqualTo(BundleSessionFactory.THREADS_OF_MACHINE);
        assertThat(config("--model.bundle", "m", "--model.threads", "3").model().threads())
                .isEqualTo(3);
    }

    @Test
    void aRecordMayBeNoLargerThanTheClientPropertiesLeaveRoomFor() {
        assertThat(config("--kafka.bootstrap-servers", "h:1").kafka().maxRecordBytes())
                .isEqualTo(32 << 20);
        assertThat(config("--kafka.bootstrap-servers", "h:1", "--kafka.properties", "max.request.size:100000")
                        .scoring()
                        .annotation()
                        .maxBytes())
                .isEqualTo(100_000);
    }

    @Test
    void everyOptionCanBeGiven() throws Exception {
        List<Object> declared = new ArrayList<>();
        for (Field field : JobOptions.class.getDeclaredFields()) {
            if (field.getType() == ConfigOption.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(List.<Object>copyOf(JobOptions.all())).containsExactlyInAnyOrderElementsOf(declared);
    }
}
