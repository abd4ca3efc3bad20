package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Json;
import io.kmerflow.cli.models.LabelChangeText;
import io.kmerflow.cli.models.ModelCatalog;
import io.kmerflow.cli.models.ModelPublisher;
import io.kmerflow.cli.models.ModelTable;
import io.kmerflow.cli.models.ModelVersion;
import io.kmerflow.cli.models.Publication;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.job.model.BundleStore;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelSlot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Versions of models, their lineage, and the way back. */
@Command(
        name = "models",
        description = {
            "Lists every version of the models that were announced, with what made it and when it served, from the topics alone.",
            "'diff A B' compares two versions. 'rollback' announces again the version that served before the present one, or"
                    + " that of --to, and waits until the job serves it. A version is named by its number or the first"
                    + " digits of its digest."
        },
        footer = {
            "kmerflow models --bootstrap-servers localhost:9092",
            "kmerflow models diff 2.1 2.2 --bootstrap-servers localhost:9092",
            "kmerflow models rollback --bootstrap-servers localhost:9092"
        },
        mixinStandardHelpOptions = true)
public final class ModelsCommand implements Callable<Integer> {
    private static final String LIST = "list";
    private static final String DIFF = "diff";
    private static final String ROLLBACK = "rollback";

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = LIST,
            paramLabel = "ACTION",
            description = "list, diff or rollback (default: ${DEFAULT-VALUE}).")
    private String action;

    @Parameters(index = "1..*", arity = "0..2", paramLabel = "VERSION", description = "The two versions of diff.")
    private List<String> chosen = List.of();

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private ModelTopicOptions topics;

    @Option(
            names = "--name",
            paramLabel = "MODEL",
            description = "Of this model alone (default: all; one for diff and rollback).")
    private String name;

    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "Version to go back to (default: the one that served before).")
    private String to;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description =
                    "Maximum time to wait for the job's answer to rollback, in seconds (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Option(names = "--json", description = "Print one JSON object per version.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (!List.of(LIST, DIFF, ROLLBACK).contains(action)) {
            throw usage("Expected list, diff or rollback, got '%s'", action);
        }
        if (chosen.size() != (action.equals(DIFF) ? 2 : 0)) {
            throw usage(
                    action.equals(DIFF)
                            ? "Expected two versions after diff, got %s"
                            : "Expected versions after diff alone, got %s",
                    chosen);
        }
        if (to != null && !action.equals(ROLLBACK)) {
            throw usage("Expected --to with rollback, got it with %s", action);
        }
        if (json && !action.equals(LIST)) {
            throw usage("Expected --json with list, got it with %s", action);
        }
        if (waitSeconds < 0) {
            throw usage("Expected --wait of 0 or more, got %d", waitSeconds);
        }
        KafkaConfig config = config();
        ModelPublisher publisher = new ModelPublisher(new KafkaModelTopics(config, topics.models(), topics.events()));
        ModelCatalog catalog = publisher.catalog();
        switch (action) {
            case DIFF -> diff(catalog);
            case ROLLBACK -> rollback(catalog, publisher);
            default -> list(catalog);
        }
        return ExitCode.FINE;
    }

    private KafkaConfig config() {
        Configuration options = new Configuration();
        kafka.addTo(options);
        return JobConfig.from(options).kafka();
    }

    private ParameterException usage(String format, Object... values) {
        return new ParameterException(spec.commandLine(), String.format(Locale.ROOT, format, values));
    }

    private void list(ModelCatalog catalog) throws IOException {
        List<ModelVersion> versions = catalog.versions().stream()
                .filter(version -> name == null || version.name().equals(name))
                .toList();
        if (json) {
            for (ModelVersion version : versions) {
                say("%s", Json.MAPPER.writeValueAsString(ModelTable.tree(version)));
            }
            return;
        }
        if (versions.isEmpty()) {
            say("no version%s was announced on topic %s", name == null ? "" : " of " + name, topics.models());
        }
        versions.forEach(version -> say("%s", ModelTable.of(version)));
    }

    private void diff(ModelCatalog catalog) {
        String model = oneModel(catalog);
        say("%s", ModelTable.diff(one(catalog, model, chosen.get(0)), one(catalog, model, chosen.get(1))));
    }

    private String oneModel(ModelCatalog catalog) {
        List<String> names = catalog.names();
        if (name != null && names.contains(name)) {
            return name;
        }
        if (name == null && names.size() == 1) {
            return names.get(0);
        }
        throw new CommandFailure(String.format(
                Locale.ROOT,
                name == null
                        ? "Expected one model on topic %s, or --name, got %s"
                        : "Expected %3$s on topic %1$s, got %2$s",
                topics.models(),
                names,
                name));
    }

    private ModelVersion one(ModelCatalog catalog, String model, String text) {
        List<ModelVersion> named = catalog.named(model, text);
        if (named.size() == 1) {
            return named.get(0);
        }
        throw new CommandFailure(String.format(
                Locale.ROOT,
                named.isEmpty()
                        ? "Expected a version of %s that was announced, got '%s'; there are %s"
                        : "Expected one version of %s, '%s' is several: %s; give the first digits of the digest",
                model,
                text,
                named.isEmpty()
                        ? catalog.versions().stream()
                                .filter(version -> version.name().equals(model))
                                .map(ModelVersion::version)
                                .toList()
                        : named.stream().map(ModelVersion::digest).toList()));
    }

    private void rollback(ModelCatalog catalog, ModelPublisher publisher) {
        String model = oneModel(catalog);
        ModelVersion serving = catalog.serving(model).orElse(null);
        ModelVersion back = to != null
                ? one(catalog, model, to)
                : catalog.previous(model)
                        .orElseThrow(() -> new CommandFailure(String.format(
                                Locale.ROOT,
                                "Expected a version of %s that served before %s, the topics know of none; name one with --to",
                                model,
                                serving == null ? "now" : serving.version())));
        if (serving != null && serving.digest().equals(back.digest())) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected another version of %s than the one that serves, got %s",
                    model,
                    back.version()));
        }
        // Going back may take labels away again; it must never be refused for that.
        ModelAnnouncement announcement = ModelAnnouncement.newBuilder(back.announcement())
                .setSlot(ModelSlot.ACTIVE)
                .setSampledShare(null)
                .setAllowLabelChange(true)
                .setAnnouncedBy(ModelPublisher.whoever())
                .setAnnouncedTime(Instant.now())
                .build();
        if (!BundleStore.isRemote(announcement.getBundleUri())) {
            requireThere(back);
        }
        try (Publication publication = publisher.publish(announcement)) {
            say(
                    "rolling back %s%s to %s (%s)",
                    model, serving == null ? "" : " from " + serving.version(), back.version(), back.digest());
            ModelEvent committed = publication.awaitActive(Duration.ofSeconds(waitSeconds), event -> {});
            say("activated: the whole job serves it");
            LabelChangeText.of(committed).ifPresent(change -> say("%s", change));
        }
    }

    /** The job's machines see the bundle where it was announced; so should this one, or the job would refuse it. */
    private static void requireThere(ModelVersion back) {
        ModelBundle bundle =
                ModelPublisher.checked(BundleStore.local(back.announcement().getBundleUri()));
        if (!bundle.digest().equals(back.digest())) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected the bundle %s at %s, got %s",
                    back.digest(),
                    back.announcement().getBundleUri(),
                    bundle.digest()));
        }
    }

    private void say(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
