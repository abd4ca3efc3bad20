package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.FlinkFileSystems;
import io.kmerflow.cli.models.LabelChangeText;
import io.kmerflow.cli.models.ModelPublisher;
import io.kmerflow.cli.models.Publication;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.model.BundleStore;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.io.IOException;
import java.time.Duration;
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
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "BUNDLE", description = BundlePlace.DESCRIPTION + ".")
    private BundlePlace bundle;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private ModelTopicOptions topics;

    @Mixin
    private SignatureOption signature;

    @Option(
            names = "--bundle-uri",
            paramLabel = "PATH",
            description = "Where the job's machines see the bundle (default: its absolute path here, or its URI).")
    private String bundleUri;

    @Option(
            names = "--upload",
            paramLabel = "URI",
            description =
                    "Copy the bundle into this folder of one of Flink's file systems, such as s3://models, and announce it"
                            + " from there: the job's machines fetch it, and need no path in common.")
    private String upload;

    @Option(
            names = "--shadow",
            paramLabel = "SHARE",
            description = "Compare only: score that share of the reads, 0 to 1, with the bundle too, and report the"
                    + " agreement per label for --wait seconds; the comparison continues until --shadow 0.")
    private Double shadowShare;

    @Option(
            names = "--allow-label-change",
            description =
                    "Let the model have other labels than the one that serves; the job's answer lists labels that come and go.")
    private boolean allowLabelChange;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description =
                    "Maximum time to wait for the job's answer, in seconds; 0 does not wait (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Override
    public Integer call() throws IOException {
        if (shadowShare != null && !(shadowShare >= 0 && shadowShare <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --shadow from 0 to 1, got %s", shadowShare));
        }
        if (waitSeconds < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --wait of 0 or more, got %d", waitSeconds));
        }
        if (upload != null && bundleUri != null) {
            throw new ParameterException(spec.commandLine(), "Expected --upload or --bundle-uri, got both");
        }
        if (upload != null) {
            BundleStore.requireStore(upload);
        }
        ModelBundle read = ModelPublisher.checked(bundle.local());
        signature.check(read);
        if (upload != null) {
            FlinkFileSystems.initialize();
            bundleUri = BundleStore.upload(bundle.local(), upload, read);
            say("uploaded to %s", bundleUri);
        }
        ModelPublisher publisher = ModelPublisher.open(config(), topics.models(), topics.events());
        try (Publication publication = publisher.publish(announcement(read))) {
            say(
                    "announced %s %s (%s) as %srevision %d",
                    read.name(),
                    read.version(),
                    read.digest(),
                    shadowShare == null ? "" : "shadow " + shadowShare + ", ",
                    publication.announcement().getRevision());
            if (waitSeconds == 0 || shadowShare != null && shadowShare == 0) {
                return ExitCode.FINE;
            }
            return shadowShare == null ? follow(publication) : compare(publication);
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
        return ModelPublisher.of(read, bundleUri == null ? bundle.ofJob() : bundleUri)
                .setSlot(shadowShare == null ? ModelSlot.ACTIVE : ModelSlot.SHADOW)
                .setSampledShare(shadowShare == null ? null : shadowShare.floatValue())
                .setModelVersion(ends ? null : read.version())
                .setAllowLabelChange(allowLabelChange)
                .build();
    }

    private int follow(Publication publication) {
        ModelEvent committed = publication.awaitActive(Duration.ofSeconds(waitSeconds), event -> {
            String why = event.getReason() == null ? "" : ": " + event.getReason();
            say("subtask %d %s%s", event.getSubtask(), event.getOutcome(), why);
        });
        say("activated: the whole job serves it");
        LabelChangeText.of(committed).ifPresent(change -> say("%s", change));
        return ExitCode.FINE;
    }

    /** Reports are counts since the start, by subtask. */
    private int compare(Publication publication) {
        long deadline = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
        Map<Integer, Map<String, Double>> latest = new TreeMap<>();
        while (System.nanoTime() < deadline) {
            boolean news = false;
            for (ModelEvent event : publication.poll()) {
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
            throw publication.unanswered("a report", Duration.ofSeconds(waitSeconds));
        }
        return ExitCode.FINE;
    }

    private void say(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
