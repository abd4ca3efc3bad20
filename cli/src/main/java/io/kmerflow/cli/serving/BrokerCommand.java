package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One Kafka broker for trying things out. */
@Command(
        name = "broker",
        description = {
            "Runs one Kafka broker on this machine, to try out ingest, serve and tail.",
            "Runs until it is stopped. It listens on 127.0.0.1 only, keeps one copy of everything "
                    + "and has no authentication: not for production."
        },
        footer = "kmerflow broker --port 9092",
        mixinStandardHelpOptions = true)
public final class BrokerCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;

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
        if (port < 1 || port > MAX_PORT) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --port with a port of 1 to %d, got %d", MAX_PORT, port));
        }
        requireFree();
        try (StopSignal stop = new StopSignal();
                EmbeddedKafka kafka = EmbeddedKafka.at(data, port)) {
            spec.commandLine()
                    .getErr()
                    .printf(Locale.ROOT, "Kafka at %s; stop with Ctrl-C%n", kafka.bootstrapServers());
            spec.commandLine().getErr().flush();
            stop.await();
        }
        return ExitCode.FINE;
    }

    /** Kafka itself would say it with two stack traces. */
    private void requireFree() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            socket.getLocalPort();
        } catch (IOException e) {
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected a free port for the broker, but %d cannot be had (%s); give another one with --port",
                            port,
                            e.getMessage()),
                    e);
        }
    }
}
