package io.kmerflow.cli.serving;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.benchmark.ThroughputBenchmark;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.Home;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Throughput of the job against the raw runtime. */
@Command(
        name = "bench",
        description = {
            "Measures windows per second through Kafka, the job and Kafka again, and in turn those of ONNX Runtime's bare"
                    + " session on the same model and threads (windows tokenized beforehand, direct buffers, the best of"
                    + " several batch sizes). Broker and clients share the machine's cores with the job.",
            "Prints medians of the rounds and of their ratios."
        },
        mixinStandardHelpOptions = true,
        subcommands = BenchLatencyCommand.class)
public final class BenchCommand implements Callable<Integer> {
    static final int SHORT_BASES = 150;
    static final int LONG_BASES = 10_000;

    /** Which reads. */
    enum Reads {
        SHORT,
        LONG
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Model bundle (default: the bundled model).")
    private Path model;

    @Option(
            names = "--reads",
            defaultValue = "SHORT",
            description = "short: 150 bases, long: 10,000 bases (default: ${DEFAULT-VALUE}).")
    private Reads reads;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of a model call (default: one per processor).")
    private Integer threads;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--round-seconds",
            paramLabel = "S",
            defaultValue = "8",
            description = "About how long a round takes, in seconds (default: ${DEFAULT-VALUE}).")
    private int roundSeconds;

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
        ThroughputBenchmark.Settings settings = new ThroughputBenchmark.Settings(
                ModelBundle.read(model == null ? Home.defaultModel() : model),
                reads == Reads.SHORT ? SHORT_BASES : LONG_BASES,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                rounds,
                roundSeconds,
                maxBatchWindows);
        Map<String, Object> report = new ThroughputBenchmark(settings, line -> {
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
