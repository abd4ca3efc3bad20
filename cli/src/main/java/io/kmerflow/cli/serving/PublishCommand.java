package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Announces a bundle to the running job. */
@Command(
        name = "publish",
        description = {
            "Announces a model bundle to the running job and waits for the job's answer.",
            "The bundle is checked first. To go back, publish the older bundle. With --shadow the "
                    + "bundle scores a sample of the reads in addition to the active model, and their "
                    + "agreement is reported; annotations do not change."
        },
        footer = "kmerflow publish species-2.2 --bootstrap-servers localhost:9092",
        mixinStandardHelpOptions = true)
public final class PublishCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "BUNDLE", description = "Model bundle, a folder or a zip.")
    private Path bundle;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private ModelTopicOptions topics;

    @Mixin
    private SignatureOption signature;

    @Option(
            names = "--bundle-uri",
            paramLabel = "PATH",
            description = "Where the job's machines see the bundle (default: its absolute path here).")
    private String bundleUri;

    @Option(
            names = "--shadow",
            paramLabel = "SHARE",
            description = "Compare only: score that share of the reads, 0 to 1, with the bundle too, and report the"
                    + " agreement per label for --wait seconds; the comparison continues until --shadow 0.")
    private Double shadowShare;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description =
                    "Maximum time to wait for the job's answer, in seconds; 0 does not wait (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Override
    public Integer call() {
        if (shadowShare != null && !(shadowShare >= 0 && shadowShare <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --shadow from 0 to 1, got %s", shadowShare));
        }
        ModelBundle read = ModelBundle.read(bundle);
        signature.check(read);
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(read.modelFile(), ScoringOptions.cpu(1))) {
            GoldenCheck.require(read, scorer);
        }
        KafkaConfig config = config();
        new DeliveryPreflight(config, Duration.ZERO).checkModelTopics(topics.models(), topics.events());
        KafkaModelTopics models = new KafkaModelTopics(config, topics.models(), topics.events());
        ModelAnnouncement announcement = announcement(read);
        announcement.setRevision(models.lastRevision(announcement) + 1);
        try (Tail<ModelEvent> events = models.eventTail(false)) {
            requireHeeded(announcement, models.announce(announcement).orElse(null));
            say(
                    "announced %s %s (%s) as %srevision %d",
                    read.name(),
                    read.version(),
                    read.digest(),
                    shadowShare == null ? "" : "shadow " + shadowShare + ", ",
                    announcement.getRevision());
            if (waitSeconds == 0 || shadowShare != null && shadowShare == 0) {
                return ExitCode.FINE;
            }
            return shadowShare == null ? follow(events, announcement) : compare(events, announcement);
        }
    }

    /** Jobs heed the first announcement of a revision; another publisher may have been faster. */
    private void requireHeeded(ModelAnnouncement announcement, ModelAnnouncement first) {
        if (first != null) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected revision %d of %s to be free on topic %s, another publisher has announced %s (%s) as revision %d; publish again",
                    announcement.getRevision(),
                    announcement.getModelName(),
                    topics.models(),
                    first.getModelVersion(),
                    first.getBundleDigest(),
                    first.getRevision()));
        }
    }

    private KafkaConfig config() {
        Configuration options = new Configuration();
        kafka.addTo(options);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        return JobConfig.from(options).kafka();
    }

    private ModelAnnouncement announcement(ModelBundle read) {
        boolean ends = shadowShare != null && shadowShare == 0;
        return ModelAnnouncement.newBuilder()
                .setModelName(read.name())
                .setSlot(shadowShare == null ? ModelSlot.ACTIVE : ModelSlot.SHADOW)
                .setSampledShare(shadowShare == null ? null : shadowShare.floatValue())
                .setRevision(0)
                .setModelVersion(ends ? null : read.version())
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
                if (!concerns(event, announcement)) {
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
                            "The job rejected the model, the previous one stays active: " + event.getReason());
                }
            }
        }
        throw new CommandFailure(String.format(
                Locale.ROOT,
                "Expected an answer of a job that serves %s within %d s, got none on topic %s; the announcement stays",
                announcement.getModelName(),
                waitSeconds,
                topics.events()));
    }

    private static boolean concerns(ModelEvent event, ModelAnnouncement announcement) {
        return event.getRevision() == announcement.getRevision()
                && event.getSlot() == announcement.getSlot()
                && announcement.getModelName().equals(event.getModelName())
                && announcement.getBundleDigest().equals(event.getBundleDigest()); // not another publisher's
    }

    /** Reports are counts since the start, by subtask. */
    private int compare(Tail<ModelEvent> events, ModelAnnouncement announcement) {
        long deadline = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
        Map<Integer, Map<String, Double>> latest = new TreeMap<>();
        while (System.nanoTime() < deadline) {
            boolean news = false;
            for (ModelEvent event : events.poll(POLL)) {
                if (!concerns(event, announcement)) {
                    continue;
                }
                if (event.getOutcome() == ModelOutcome.REJECTED) {
                    throw new CommandFailure(String.format(
                            Locale.ROOT,
                            "Expected the job to load the shadow, %s refused: %s",
                            event.getSubtask() < 0 ? "it" : "subtask " + event.getSubtask(),
                            event.getReason()));
                }
                if (event.getOutcome() == ModelOutcome.SHADOW_REPORT) {
                    latest.put(event.getSubtask(), event.getMeasures());
                    news = true;
                } else {
                    say("subtask %d %s", event.getSubtask(), event.getOutcome());
                }
            }
            if (news) {
                say("%s", ShadowTable.of(latest.values()));
            }
        }
        if (latest.isEmpty()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected a report of a job that serves %s within %d s, got none on topic %s; the announcement stays",
                    announcement.getModelName(),
                    waitSeconds,
                    topics.events()));
        }
        return ExitCode.FINE;
    }

    private void say(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
