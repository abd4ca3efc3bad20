package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.FileOptions;
import io.kmerflow.files.FileOptions.OnError;
import io.kmerflow.job.JobOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class JobSwitchTest {
    @Command(name = "all")
    private static final class AllSwitches {
        @Mixin
        private final KafkaConnectionOptions kafka = new KafkaConnectionOptions();

        @Mixin
        private final TopicOptions topics = new TopicOptions();

        @Mixin
        private final ServeOptions serving = new ServeOptions();

        @Mixin
        private final ReadRecordOptions reads = new ReadRecordOptions();

        @Mixin
        private final RegistryOptions registry = new RegistryOptions();

        @Mixin
        private final ModelOptions model = new ModelOptions();

        @Mixin
        private final InputOptions input = new InputOptions();

        @Mixin
        private final LabelsTopicOption labels = new LabelsTopicOption();

        private Configuration job() {
            Configuration job = new Configuration();
            Stream.of(kafka, topics, serving, reads, registry, model, input).forEach(switches -> switches.addTo(job));
            return job;
        }
    }

    private static CommandLine line(AllSwitches command) {
        CommandLine line = new CommandLine(command);
        JobSwitches.install(line);
        return line;
    }

    private static Configuration job(String... args) {
        AllSwitches command = new AllSwitches();
        line(command).parseArgs(args);
        return command.job();
    }

    @Test
    void keysDefaultsAndSwitchesAreThoseOfTheGoldenFile() throws IOException {
        Map<String, String> switches = JobSwitches.namesByKey(line(new AllSwitches()));
        String actual = JobOptionText.all().stream()
                .map(option -> String.join(
                                "\t",
                                option.key(),
                                JobOptionText.defaultValue(option),
                                switches.getOrDefault(option.key(), ""))
                        .stripTrailing())
                .collect(Collectors.joining("\n", "", "\n"));

        try (InputStream golden = JobSwitchTest.class.getResourceAsStream("job-options.tsv")) {
            assertThat(actual).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void switchesThatAreNotGivenLeaveTheJobsDefaults() {
        assertThat(job("--bootstrap-servers", "h:1").toMap())
                .containsOnlyKeys(
                        JobOptions.KAFKA_BOOTSTRAP_SERVERS.key(),
                        JobOptions.MODEL_BUNDLE.key(),
                        JobOptions.MODEL_CPU_ARENA.key(),
                        JobOptions.KAFKA_CREATE_TOPICS.key());
    }

    @Test
    void textBecomesTheTypeOfTheOption() {
        Configuration job = job(
                "--bootstrap-servers",
                "h:1",
                "--delivery",
                "exactly-once",
                "--on-error",
                "STOP",
                "--threshold",
                "0.5",
                "--mates",
                "a;b.fq",
                "c.fq",
                "--kafka-property",
                "a=b:c",
                "--kafka-property",
                "d=e",
                "--interleaved",
                "--no-create-topics");

        assertThat(job.get(JobOptions.KAFKA_DELIVERY)).isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
        assertThat(job.get(FileOptions.INPUT_ON_ERROR)).isEqualTo(OnError.STOP);
        assertThat(job.get(JobOptions.SCORE_THRESHOLD)).isEqualTo(0.5);
        assertThat(job.get(FileOptions.INPUT_MATES)).containsExactly("a;b.fq", "c.fq");
        assertThat(job.get(JobOptions.KAFKA_PROPERTIES)).isEqualTo(Map.of("a", "b:c", "d", "e"));
        assertThat(job.get(FileOptions.INPUT_INTERLEAVED)).isTrue();
        assertThat(job.get(JobOptions.KAFKA_CREATE_TOPICS)).isFalse();
    }

    @Test
    void bareNumberTakesTheUnitOfTheSwitch() {
        Configuration job = job(
                "--bootstrap-servers",
                "h:1",
                "--checkpoint-interval",
                "3",
                "--prepare-timeout",
                "5 min",
                "--max-batch-age",
                "20",
                "--gpu-memory-limit",
                "100");

        assertThat(job.get(JobOptions.CHECKPOINT_INTERVAL)).isEqualTo(Duration.ofSeconds(3));
        assertThat(job.get(JobOptions.MODEL_PREPARE_TIMEOUT)).isEqualTo(Duration.ofMinutes(5));
        assertThat(job.get(JobOptions.MAX_BATCH_AGE)).isEqualTo(Duration.ofMillis(20));
        assertThat(job.get(JobOptions.MODEL_GPU_MEMORY_LIMIT)).isEqualTo(MemorySize.ofMebiBytes(100));
    }

    @Test
    void wrongValueIsReportedWithTheSwitchAndWhatItTakes() {
        assertThatThrownBy(() -> job("--bootstrap-servers", "h:1", "--start", "yesterday"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("'--start'")
                .hasMessageContaining("earliest|latest|committed, got 'yesterday'");
        assertThatThrownBy(() -> job("--bootstrap-servers", "h:1", "--parallelism", "two"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("expected N, got 'two'");
        assertThatThrownBy(() -> job("--bootstrap-servers", "h:1", "--delivery", "none"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("expected at-least-once|exactly-once, got 'none'");
        assertThatThrownBy(() -> job("--start", "latest"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--bootstrap-servers");
    }

    @Test
    void helpHasDescriptionAndDefaultOfTheOption() {
        String help = line(new AllSwitches()).setUsageHelpWidth(250).getUsageMessage();

        assertThat(help)
                .contains("Consumer group (default: kmerflow).")
                .contains("--checkpoint-interval=SECONDS")
                .contains("0 turns them off. Runs from files to a file have none (default: 10).")
                .contains("--start=earliest|latest|committed")
                .doesNotContain("--gpu-arena-growth");
    }
}
