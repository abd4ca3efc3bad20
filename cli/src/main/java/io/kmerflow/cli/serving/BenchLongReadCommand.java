package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.LongReadBenchmark;
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
import picocli.CommandLine.Spec;

/** A very long read and a burst of short ones. */
@Command(
        name = "long-read",
        description = {
            "Measures how a very long read delays short ones and checkpoints.",
            "Starts a broker, a Flink cluster with one task manager and the job, exactly-once, as "
                    + "processes. Sends one very long read and, at the same time, many reads of 50 bases; "
                    + "prints when they were annotated, the longest checkpoint (from its trigger to the last "
                    + "acknowledgement) and the task manager's peak memory. --reads is not used."
        },
        footer = "kmerflow bench long-read --long-bases 4000000",
        mixinStandardHelpOptions = true)
public final class BenchLongReadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(
            names = "--long-bases",
            paramLabel = "N",
            defaultValue = "4000000",
            description = "Bases of the long read (default: ${DEFAULT-VALUE}).")
    private int longBases;

    @Option(
            names = "--short-reads",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Reads of 50 bases (default: ${DEFAULT-VALUE}).")
    private int shortReads;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Seconds between checkpoints (default: ${DEFAULT-VALUE}).")
    private int checkpointSeconds;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "New folder for logs, checkpoints and the broker's data (default: a temporary one, which stays).")
    private Path work;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        LongReadBenchmark.Settings settings = new LongReadBenchmark.Settings(
                options.bundle(),
                options.threads(),
                options.maxBatchWindows(),
                longBases,
                shortReads,
                checkpointSeconds,
                ClusterFiles.of(Home.directory()),
                work == null ? Files.createTempDirectory("kmerflow-long-read") : work);
        options.print(
                new LongReadBenchmark(settings, line -> {
                            err.println(line);
                            err.flush();
                        })
                        .run(),
                spec.commandLine().getOut());
        return ExitCode.FINE;
    }
}
