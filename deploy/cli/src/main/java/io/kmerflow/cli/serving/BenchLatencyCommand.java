package io.kmerflow.cli.serving;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.benchmark.LatencyBenchmark;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.Home;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a read waits for its annotation. */
@Command(
        name = "latency",
        description = {
            "Measures the time from the moment a read is due on the reads topic to its annotation's arrival from the"
                    + " annotations topic, at parts of the rate the job sustains (measured first).",
            "Reads are due at even intervals whether or not the job keeps up, so that a stall counts for every read due in"
                    + " it. Broker and clients share the machine's cores with the job."
        },
        mixinStandardHelpOptions = true)
public final class BenchLatencyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Model bundle (default: the bundled model).")
    private Path model;

    @Option(
            names = "--reads",
            defaultValue = "SHORT",
            description = "short: 150 bases, long: 10,000 bases (default: ${DEFAULT-VALUE}).")
    private BenchCommand.Reads reads;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of a model call (default: one per processor).")
    private Integer threads;

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

    @Option(
            names = "--max-batch-windows",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most windows in one model call of the job (default: ${DEFAULT-VALUE}).")
    private int maxBatchWindows;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        LatencyBenchmark.Settings settings = new LatencyBenchmark.Settings(
                ModelBundle.read(model == null ? Home.defaultModel() : model),
                reads == BenchCommand.Reads.SHORT ? BenchCommand.SHORT_BASES : BenchCommand.LONG_BASES,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                maxBatchWindows,
                loads,
                seconds);
        Map<String, Object> report = new LatencyBenchmark(settings, line -> {
                    err.println(line);
                    err.flush();
                })
                .run();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report));
        } else {
            report.forEach((name, value) -> out.printf("%-28s %s%n", name, value));
        }
        return ExitCode.FINE;
    }
}
