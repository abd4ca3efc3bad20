package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.cli.live.LivePage;
import io.kmerflow.cli.topic.TopicReader;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The live page of a run. */
@Command(
        name = "view",
        description = {
            "Shows a run on a live web page: calls, samples, qualities, dead letters, drift, models and lag.",
            "The page is made from the annotations, dead letters, drift reports and model events of the last hours, and follows them until it "
                    + "is stopped. It shows no bases and no names of reads, and it changes nothing. On an address other than "
                    + "this machine's own it asks for a token, which is part of the printed URL (docs/live-page.md)."
        },
        footer = "kmerflow view --bootstrap-servers localhost:9092 --port 8080",
        mixinStandardHelpOptions = true)
public final class ViewCommand implements Callable<Integer> {
    private static final long MAX_HOURS = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private ModelTopicOptions modelTopics;

    @Mixin
    private DriftTopicOption driftTopic;

    @Mixin
    private RegistryOptions registry;

    @Mixin
    private GroupOptions group;

    @Mixin
    private BindOptions bind;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the page; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--hours",
            paramLabel = "N",
            defaultValue = "24",
            description = "Begin with records of that many hours ago (default: ${DEFAULT-VALUE}).")
    private long hours;

    @Override
    public Integer call() throws InterruptedException {
        if (hours < 0 || hours > MAX_HOURS) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --hours of 0 to %,d, got %d", MAX_HOURS, hours));
        }
        LivePage.Settings settings = new LivePage.Settings(
                kafka.bootstrapServers(),
                kafka.properties(),
                new LivePage.Topics(
                        topics.reads(),
                        topics.annotations(),
                        topics.deadLetters(),
                        modelTopics.events(),
                        driftTopic.drift(),
                        group.id()),
                registry.format(),
                TopicReader.Start.ago(Duration.ofHours(hours)),
                bind.address(spec),
                port);
        try (StopSignal stop = new StopSignal();
                LivePage page = LivePage.start(settings)) {
            PrintWriter err = spec.commandLine().getErr();
            err.printf(Locale.ROOT, "live page at %s; stop with Ctrl-C%n", page.url());
            err.flush();
            stop.await();
        }
        return ExitCode.FINE;
    }
}
