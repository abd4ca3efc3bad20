package io.kmerflow.cli.training;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.gue.GueBenchmark;
import io.kmerflow.pretraining.gue.GueConfig;
import io.kmerflow.pretraining.gue.GueRecipes;
import io.kmerflow.pretraining.gue.GueReport;
import io.kmerflow.pretraining.gue.GueResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The GUE benchmark on an encoder. */
@Command(
        name = "gue",
        description = {
            "Measures an encoder on the sets of the GUE benchmark.",
            "Measures the sets that are in --data; next to the encoder: the same encoder from random "
                    + "values, a tuned k-mer control, and the published figures.",
            "Each set and seed is fine-tuned with the published protocol (docs/evaluate-gue.md lists "
                    + "the differences); the checkpoint with the lowest dev loss is tested. Finished runs are "
                    + "kept in --work: the same command trains only what is missing."
        },
        footer = {"kmerflow evaluate gue --data gue --sets tf/2,mouse/0 --seeds 3 --out results.json"},
        mixinStandardHelpOptions = true)
public final class EvaluateGueCommand implements Callable<Integer> {
    private static final long MOST_STEPS = 500;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Folder with SET/train, dev and test, each .csv or .csv.gz, for example tf/2/train.csv.gz.")
    private Path data;

    @Option(
            names = "--sets",
            split = ",",
            paramLabel = "SET",
            description = "Sets, for example tf/2,mouse/0 (default: all that are complete in --data).")
    private List<String> sets = List.of();

    @Option(
            names = "--seeds",
            defaultValue = "3",
            paramLabel = "N",
            description = "Fine-tunings per set, with seeds 1 to N (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON file to write.")
    private Path out;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the table as Markdown too.")
    private Path report;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where finished runs and the one under way are kept (default: OUT.work).")
    private Path work;

    @Option(
            names = "--encoder",
            paramLabel = "DIR",
            description = "Training checkpoint or run of 'pretrain' (default: the shipped encoder).")
    private Path encoder;

    @Option(names = "--no-random-init", description = "Do not train the encoder from random values for comparison.")
    private boolean noRandomInit;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training split, instead of those of the published protocol.")
    private Integer epochs;

    @Option(
            names = "--recipes",
            paramLabel = "DIR",
            description = "Folder of recipes NAME.yaml that change the published protocol; NAME is a family (tf), a set"
                    + " (tf_0) or the beginning of one (prom_core), the longest one counts. Options override them.")
    private Path recipes;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description =
                    "Maximum steps of one fine-tuning, for machines without a GPU; 0: as many as published or as the"
                            + " recipe says (default: 500; with --recipes 0).")
    private Long maxSteps;

    @Option(
            names = "--max-train-rows",
            paramLabel = "N",
            description = "Maximum training rows, drawn once per set (default: all).")
    private Integer maxTrainRows;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences per step (default: 32, as published).")
    private Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Highest learning rate (default: 5e-4, for small encoders; published: 3e-5).")
    private Double learningRate;

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "auto|cpu|gpu|gpus",
            description =
                    "Where to train; auto takes the first GPU if there is one, gpus shares each batch among all (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "CPU threads of one operation; 0 is PyTorch's default (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() throws IOException {
        GueConfig config = config();
        try (StopSignal stop = new StopSignal()) {
            RunOptions options = new RunOptions(
                    data,
                    out,
                    true,
                    device,
                    threads,
                    null,
                    RunSwitches.listener(spec.commandLine().getErr()),
                    stop::asked);
            GueResults results = new GueBenchmark(config, options, out).run();
            if (results == null) {
                throw new CommandFailure("Interrupted; the same command continues");
            }
            GueReport readable = new GueReport(results);
            if (report != null) {
                Files.createDirectories(report.toAbsolutePath().getParent());
                Files.writeString(report, readable.markdown());
            }
            spec.commandLine().getOut().print(readable.text());
            spec.commandLine().getOut().flush();
            return ExitCode.FINE;
        }
    }

    private GueConfig config() {
        Path start = LabelledSetOptions.encoder(encoder);
        long most = maxSteps != null ? maxSteps : recipes == null ? MOST_STEPS : 0;
        try {
            return new GueConfig(
                    data,
                    sets,
                    LongStream.rangeClosed(1, seeds).boxed().toList(),
                    start,
                    !noRandomInit,
                    epochs,
                    batchSize,
                    learningRate,
                    most == 0 ? null : most,
                    recipes == null ? null : GueRecipes.read(recipes),
                    maxTrainRows,
                    work == null ? out.resolveSibling(out.getFileName() + ".work") : work);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
