package io.kmerflow.cli.serving;

import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.StopSignal;
import io.kmerflow.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One Kafka broker for trying things out. */
@Command(
        name = "broker",
        description = {
            "Runs one Kafka broker on this machine until it is stopped, to try ingest, serve and tail with.",
            "It listens on 127.0.0.1 alone, keeps one copy of everything and knows no passwords: not for production."
        },
        mixinStandardHelpOptions = true)
public final class BrokerCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 200;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            defaultValue = "9092",
            paramLabel = "PORT",
            description = "Where clients connect (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the log; what was written before is there again after a restart (default: a"
                    + " temporary one, deleted at the end).")
    private Path data;

    @Override
    public Integer call() throws Exception {
        try (StopSignal stop = new StopSignal();
                EmbeddedKafka kafka = EmbeddedKafka.at(data, port)) {
            spec.commandLine()
                    .getErr()
                    .printf(Locale.ROOT, "Kafka at %s; stop with Ctrl-C%n", kafka.bootstrapServers());
            spec.commandLine().getErr().flush();
            while (!stop.asked()) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        return ExitCode.FINE;
    }
}
