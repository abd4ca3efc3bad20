package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.ThroughputBenchmark;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.training.BenchTrainingCommand;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Throughput of the job against the raw runtime. */
@Command(
        name = "bench",
        description = {
            "Measures the job's throughput against ONNX Runtime alone.",
            "Counts windows per second through Kafka, the job and Kafka again, and in turn those of "
                    + "a bare ONNX Runtime session with the same model and threads (windows tokenized "
                    + "beforehand, direct buffers, the best of several batch sizes). Broker and clients share "
                    + "the machine's cores with the job.",
            "The session is run in three ways: as_it_comes, with ONNX Runtime's defaults; one_call, "
                    + "the same with denormals as zero; side_by_side, one call at a time per thread, as the "
                    + "job does. ratio_to_raw is against the fastest.",
            "Before the first round the job warms up until the JVM's compilers are idle. Prints "
                    + "medians of the rounds and of their ratios."
        },
        footer = "kmerflow bench --reads short --rounds 5",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchLatencyCommand.class,
            BenchKeepUpCommand.class,
            BenchTrainingCommand.class,
            BenchSoakCommand.class,
            BenchScaleCommand.class,
            BenchLongReadCommand.class,
            BenchDriftCommand.class
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--round-seconds",
            paramLabel = "S",
            defaultValue = "8",
            description = "About how long a round takes, in seconds (default: ${DEFAULT-VALUE}).")
    private int roundSeconds;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        ThroughputBenchmark.Settings settings = new ThroughputBenchmark.Settings(
                options.bundle(),
                options.readBases(),
                options.threads(),
                rounds,
                roundSeconds,
                options.maxBatchWindows());
        Map<String, Object> report = new ThroughputBenchmark(settings, line -> {
                    err.println(line);
                    err.flush();
                })
                .run();
        options.print(report, spec.commandLine().getOut());
        return ExitCode.FINE;
    }
}
