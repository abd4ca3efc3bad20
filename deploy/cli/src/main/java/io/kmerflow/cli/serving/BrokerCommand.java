package io.kmerflow.cli.serving;

import io.kmerflow.cli.ExitCode;
import io.kmerflow.kafka.EmbeddedKafka;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One Kafka broker in this process, for trying things out. */
@Command(
        name = "broker",
        description = {
            "Runs one Kafka broker on this machine until it is stopped, for trying things out.",
            "Its log is in a temporary folder and is deleted when it stops."
        },
        mixinStandardHelpOptions = true)
public final class BrokerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port on the loopback address (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(port, Map.of());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            kafka.close();
            stopped.countDown();
        }));
        spec.commandLine().getOut().printf("Kafka at %s; stop with Ctrl-C%n", kafka.bootstrapServers());
        spec.commandLine().getOut().flush();
        stopped.await();
        return ExitCode.FINE;
    }
}
