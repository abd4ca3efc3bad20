package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.SoakBenchmark;
import io.kmerflow.cli.base.ExitCode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Memory over a long run. */
@Command(
        name = "soak",
        description = {
            "Runs the job at a constant rate and watches its memory.",
            "Sends reads of 50 to 1,000 bases and samples the heap after a collection, resident "
                    + "memory, and resident memory less what Java has committed; slopes are of the second "
                    + "half. Broker and clients are in the same process. --reads is not used.",
            "Exit code 0 only if every read was annotated."
        },
        footer = "kmerflow bench soak --minutes 30",
        mixinStandardHelpOptions = true)
public final class BenchSoakCommand implements Callable<Integer> {
    private static final int MINUTE = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--reads-per-second",
            paramLabel = "N",
            defaultValue = "5",
            description = "Constant rate (default: ${DEFAULT-VALUE}).")
    private double readsPerSecond;

    @Option(
            names = "--sample-seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "Time between two samples of the memory, in seconds (default: ${DEFAULT-VALUE}).")
    private long sampleSeconds;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        SoakBenchmark.Settings settings = new SoakBenchmark.Settings(
                options.bundle(),
                options.threads(),
                options.maxBatchWindows(),
                readsPerSecond,
                Math.round(minutes * MINUTE),
                sampleSeconds);
        Map<String, Object> report = new SoakBenchmark(settings, line -> {
                    err.println(line);
                    err.flush();
                })
                .run();
        options.print(report, spec.commandLine().getOut());
        return report.get("lost").equals(0) ? ExitCode.FINE : ExitCode.FAILED;
    }
}
