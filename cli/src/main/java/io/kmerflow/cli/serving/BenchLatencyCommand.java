package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.LatencyBenchmark;
import io.kmerflow.cli.base.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a read waits for its annotation. */
@Command(
        name = "latency",
        description = {
            "Measures the time from a read's due time on the reads topic to its annotation.",
            "Loads are fractions of the rate that the job sustains, which is measured first. Reads "
                    + "are due at even intervals whether or not the job keeps up, so that a stall counts for "
                    + "every read due in it. Broker and clients share the machine's cores with the job."
        },
        footer = "kmerflow bench latency --loads 0.5 --seconds 30",
        mixinStandardHelpOptions = true)
public final class BenchLatencyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(
            names = "--loads",
            split = ",",
            paramLabel = "SHARE",
            defaultValue = "0.25,0.5,0.8",
            description = "Parts of the saturated rate (default: ${DEFAULT-VALUE}).")
    private List<Double> loads;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "How long each load is measured, in seconds (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        LatencyBenchmark.Settings settings = new LatencyBenchmark.Settings(
                options.bundle(), options.readBases(), options.threads(), options.maxBatchWindows(), loads, seconds);
        Map<String, Object> report = new LatencyBenchmark(settings, line -> {
                    err.println(line);
                    err.flush();
                })
                .run();
        options.print(report, spec.commandLine().getOut());
        return ExitCode.FINE;
    }
}
