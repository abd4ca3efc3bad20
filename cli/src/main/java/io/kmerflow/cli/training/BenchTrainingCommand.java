package io.kmerflow.cli.training;

import io.kmerflow.benchmark.TrainingBenchmark;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.model.EncoderConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Time and memory of a training step. */
@Command(
        name = "training",
        description = {
            "Measures the time of a pretraining step on the CPU.",
            "Repeats forward, backward, clipping and AdamW on one batch, without reading data. "
                    + "Prints the median step in milliseconds, tokens per second, and resident memory during "
                    + "the run (MiB).",
            "With --write DIR: writes the same weights and batch for benchmarks/python/train.py, and "
                    + "measures nothing."
        },
        footer = "kmerflow bench training --steps 100",
        mixinStandardHelpOptions = true)
public final class BenchTrainingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--k", paramLabel = "K", defaultValue = "6", description = "Bases per token (default: 6).")
    private int k;

    @Option(names = "--layers", paramLabel = "N", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int layers;

    @Option(names = "--hidden", paramLabel = "N", defaultValue = "256", description = "Default: ${DEFAULT-VALUE}.")
    private int hidden;

    @Option(names = "--heads", paramLabel = "N", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}.")
    private int heads;

    @Option(
            names = "--feed-forward",
            paramLabel = "N",
            description = "Inner width of the feed-forward part (default: twice --hidden).")
    private Integer feedForward;

    @Option(names = "--dropout", paramLabel = "P", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private double dropout;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "16",
            description = "Sequences per step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens of a sequence, [CLS] and [SEP] included (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--masked-share",
            paramLabel = "P",
            defaultValue = "0.15",
            description = "Share of the tokens to predict (default: ${DEFAULT-VALUE}).")
    private double maskedShare;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps before the clock starts (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Steps that are timed (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--memory-every",
            paramLabel = "N",
            defaultValue = "100",
            description = "Steps between samples of resident memory (default: ${DEFAULT-VALUE}).")
    private int memoryEvery;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of one operation (default: one per processor).")
    private Integer threads;

    @Option(names = "--write", paramLabel = "DIR", description = "Write weights and batch here and measure nothing.")
    private Path write;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        TrainingBenchmark benchmark = new TrainingBenchmark(settings());
        if (write != null) {
            benchmark.write(write);
            return ExitCode.FINE;
        }
        Map<String, Object> report = benchmark.run();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMappers.COMPACT.writeValueAsString(report));
        } else {
            report.forEach((name, value) -> out.printf(Locale.ROOT, "%-20s %s%n", name, value));
        }
        out.flush();
        return ExitCode.FINE;
    }

    private TrainingBenchmark.Settings settings() {
        try {
            EncoderConfig encoder = new EncoderConfig(
                    k,
                    hidden,
                    layers,
                    heads,
                    feedForward == null ? 2 * hidden : feedForward,
                    Math.max(tokens, 3),
                    2,
                    dropout,
                    1e-12);
            return new TrainingBenchmark.Settings(
                    encoder,
                    batchSize,
                    tokens,
                    maskedShare,
                    warmUp,
                    steps,
                    threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                    memoryEvery);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
