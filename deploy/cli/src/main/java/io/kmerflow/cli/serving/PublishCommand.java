package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.CommandFailure;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.kafka.KafkaModelTopics.Tail;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Announces a bundle to the running job. */
@Command(
        name = "publish",
        description = {
            "Checks a model bundle, announces it to the running job and waits for what the job makes of it.",
            "Going back is publishing the older bundle."
        },
        mixinStandardHelpOptions = true)
public final class PublishCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "BUNDLE", description = "Model bundle, a folder or a zip.")
    private Path bundle;

    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, host:port[,host:port...].")
    private String bootstrapServers;

    @Option(names = "--models-topic", defaultValue = "models", description = "Default: ${DEFAULT-VALUE}.")
    private String modelsTopic;

    @Option(names = "--model-events-topic", defaultValue = "model-events", description = "Default: ${DEFAULT-VALUE}.")
    private String eventsTopic;

    @Option(
            names = "--bundle-uri",
            paramLabel = "PATH",
            description = "Where the job's machines see the bundle (default: its absolute path here).")
    private String bundleUri;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description = "Longest wait for the job's answer, in seconds; 0 does not wait (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "Further client property, for example of security; repeat for each.")
    private Map<String, String> properties = Map.of();

    @Override
    public Integer call() {
        ModelBundle read = ModelBundle.read(bundle);
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(read.modelFile(), ScoringOptions.cpu(1))) {
            GoldenCheck.require(read, scorer, GoldenCheck.TOLERANCE_FP32);
        }
        KafkaConfig kafka = kafka();
        new DeliveryPreflight(kafka, Duration.ZERO).checkModelTopics(modelsTopic, eventsTopic);
        KafkaModelTopics topics = new KafkaModelTopics(kafka, modelsTopic, eventsTopic);
        ModelAnnouncement announcement = announcement(read);
        announcement.setRevision(topics.lastRevision(announcement) + 1);
        try (Tail<ModelEvent> events = topics.eventTail(false)) {
            topics.announce(announcement);
            say(
                    "announced %s %s (%s) as revision %d",
                    read.name(), read.version(), read.digest(), announcement.getRevision());
            return waitSeconds == 0 ? ExitCode.FINE : follow(events, announcement);
        }
    }

    private KafkaConfig kafka() {
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, bootstrapServers);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_PROPERTIES, properties);
        return JobConfig.from(options).kafka();
    }

    private ModelAnnouncement announcement(ModelBundle read) {
        return ModelAnnouncement.newBuilder()
                .setModelName(read.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(0)
                .setModelVersion(read.version())
                .setBundleUri(
                        bundleUri == null ? bundle.toAbsolutePath().normalize().toString() : bundleUri)
                .setBundleDigest(read.digest())
                .setAnnouncedTime(Instant.now())
                .build();
    }

    private int follow(Tail<ModelEvent> events, ModelAnnouncement announcement) {
        long deadline = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
        while (System.nanoTime() < deadline) {
            for (ModelEvent event : events.poll(POLL)) {
                if (event.getRevision() != announcement.getRevision()
                        || !announcement.getModelName().equals(event.getModelName())) {
                    continue;
                }
                if (event.getSubtask() >= 0) {
                    String why = event.getReason() == null ? "" : ": " + event.getReason();
                    say("subtask %d %s%s", event.getSubtask(), event.getOutcome(), why);
                } else if (event.getOutcome() == ModelOutcome.COMMITTED) {
                    say("activated: the whole job serves it");
                    return ExitCode.FINE;
                } else {
                    throw new CommandFailure(
                            "Expected the job to take the model, it serves the old one on: " + event.getReason());
                }
            }
        }
        throw new CommandFailure(
                "Expected an answer of a job that serves %s within %d s, got none on topic %s; the announcement stays"
                        .formatted(announcement.getModelName(), waitSeconds, eventsTopic));
    }

    private void say(String format, Object... values) {
        spec.commandLine().getOut().println(format.formatted(values));
        spec.commandLine().getOut().flush();
    }
}
