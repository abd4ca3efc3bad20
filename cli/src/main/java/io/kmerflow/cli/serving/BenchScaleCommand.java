package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.ScaleBenchmark;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cluster.ClusterFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Several task managers against one. */
@Command(
        name = "scale",
        description = {
            "Measures throughput with one task manager and with several, one core each.",
            "Starts a broker and a Flink cluster as processes, and measures windows per second "
                    + "through Kafka and the job; in turn those of bare ONNX Runtime sessions, one process "
                    + "with one thread per core. Broker, job manager and client share the cores of their side.",
            "--threads is not used. Needs Linux with 'taskset'."
        },
        footer = "kmerflow bench scale --task-managers 2",
        mixinStandardHelpOptions = true)
public final class BenchScaleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Task managers of the larger side, 2 to the number of cores (default: ${DEFAULT-VALUE}).")
    private int taskManagers;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--round-seconds",
            paramLabel = "S",
            defaultValue = "8",
            description = "About how long a round takes, in seconds (default: ${DEFAULT-VALUE}).")
    private int roundSeconds;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "New folder for logs and the broker's data (default: a temporary one, which stays).")
    private Path work;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        ScaleBenchmark.Settings settings = new ScaleBenchmark.Settings(
                options.bundle(),
                options.readBases(),
                taskManagers,
                rounds,
                roundSeconds,
                options.maxBatchWindows(),
                ClusterFiles.of(Home.directory()),
                work == null ? Files.createTempDirectory("kmerflow-scale") : work);
        options.print(benchmark(settings, err).run(), spec.commandLine().getOut());
        return ExitCode.FINE;
    }

    private ScaleBenchmark benchmark(ScaleBenchmark.Settings settings, PrintWriter err) throws Exception {
        try {
            return new ScaleBenchmark(settings, line -> {
                err.println(line);
                err.flush();
            });
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
