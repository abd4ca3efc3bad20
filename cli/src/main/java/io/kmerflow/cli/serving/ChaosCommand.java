package io.kmerflow.cli.serving;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.chaos.ChaosReport;
import io.kmerflow.chaos.ChaosRun;
import io.kmerflow.chaos.ChaosSettings;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cluster.ClusterFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fault injection: what a job loses or repeats when its processes are killed. */
@Command(
        name = "chaos",
        description = {
            "Kills processes of a running job at random moments and counts every read.",
            "Starts a broker, a Flink cluster and the annotation job as processes, streams reads "
                    + "through them, kills task managers, the job manager and the broker with SIGKILL, and "
                    + "starts each again.",
            "Exit code 0 if no read was lost and none annotated twice (at-least-once: none twice "
                    + "under different ids)."
        },
        footer = "kmerflow chaos --reads 100000 --kills 10 --delivery exactly-once",
        mixinStandardHelpOptions = true)
public final class ChaosCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--reads", paramLabel = "N", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}.")
    private int reads;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often a process is killed (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--delivery",
            defaultValue = "exactly-once",
            description = "exactly-once or at-least-once (default: ${DEFAULT-VALUE}).")
    private String delivery;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the reads, of order and moments of the kills (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Task managers with a slot each, and subtasks of the job (default: ${DEFAULT-VALUE}).")
    private int taskManagers;

    @Option(
            names = "--read-bases",
            paramLabel = "N",
            defaultValue = "50",
            description = "Length of a read (default: ${DEFAULT-VALUE}).")
    private int readBases;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Seconds between checkpoints (default: ${DEFAULT-VALUE}).")
    private int checkpointSeconds;

    @Option(
            names = "--transaction-timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Seconds a broker keeps an open transaction (default: ${DEFAULT-VALUE}).")
    private int transactionSeconds;

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + " (default: the bundled model).")
    private BundlePlace model;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "New folder for logs, checkpoints and the broker's data (default: a temporary one, which stays).")
    private Path work;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        ChaosReport report = new ChaosRun(settings(), ClusterFiles.of(Home.directory()), line -> {
                    err.println(line);
                    err.flush();
                })
                .run();
        print(report.asMap(), spec.commandLine().getOut());
        return report.kept() ? ExitCode.FINE : ExitCode.FAILED;
    }

    private ChaosSettings settings() throws IOException {
        if (!delivery.equals("exactly-once") && !delivery.equals("at-least-once")) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT, "Expected --delivery at-least-once or exactly-once, got '%s'", delivery));
        }
        try {
            return new ChaosSettings(
                    reads,
                    kills,
                    delivery.equals("exactly-once"),
                    seed,
                    taskManagers,
                    readBases,
                    model == null ? Home.defaultModel() : model.local(),
                    work == null ? Files.createTempDirectory("kmerflow-chaos") : work,
                    Duration.ofSeconds(checkpointSeconds),
                    Duration.ofSeconds(transactionSeconds));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void print(Map<String, Object> report, PrintWriter out) throws IOException {
        if (json) {
            out.println(JsonMappers.COMPACT.writeValueAsString(report));
        } else {
            report.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %s%n", name, value));
        }
        out.flush();
    }
}
